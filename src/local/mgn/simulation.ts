import type { SimulatedWorld } from '../sms/simulation/world.ts';
import { executeMgnCommand, type MgnCommand } from './commands.ts';
import { addJobEvents, endJob, endParticipant } from './launch.ts';
import type { SourceServer } from './records.ts';
import { endReplicationState, isShipping, startWaitingShipments } from './replication.ts';
import { type MgnEvent, MgnEventQueue, type MgnSimulationContext, ShipmentSlots } from './schedule.ts';
import type { MgnWorld } from './world.ts';

/** MGN's part of the world and what will happen in it: nothing of it depends on SMS, nor SMS on it. */
export class MgnSimulation implements MgnSimulationContext {
  readonly world: SimulatedWorld;
  readonly mgn: MgnWorld;
  readonly events = new MgnEventQueue();
  readonly slots = new ShipmentSlots();
  now: number;

  /** Derives events and slots from the records. */
  constructor(world: SimulatedWorld, mgn: MgnWorld) {
    this.world = world;
    this.mgn = mgn;
    this.now = world.now;
    for (const server of mgn.servers.values()) this.#recall(server);
    for (const job of mgn.jobs.values()) if (job.endsAt > this.now) addJobEvents(this, job);
    startWaitingShipments(this);
  }

  /** Lets everything happen that falls due up to `time`. */
  advanceTo(time: number): void {
    for (let event = this.events.take(time); event !== undefined; event = this.events.take(time)) {
      this.now = event.at;
      this.#happen(event);
      startWaitingShipments(this);
    }
    this.now = Math.max(this.now, time);
  }

  /** Carries a command out at the present time, with everything that follows from it at once. */
  execute(command: MgnCommand): void {
    executeMgnCommand(this, command);
    startWaitingShipments(this);
    this.advanceTo(this.now);
  }

  #happen({ kind, server: id, job: number, at }: MgnEvent): void {
    const server = this.mgn.servers.get(id);
    const job = this.mgn.jobs.get(number);
    if (kind === 'job') {
      if (job !== undefined) endJob(this, job);
    } else if (server !== undefined) {
      if (kind === 'replication') endReplicationState(this, server, at);
      else if (job !== undefined) endParticipant(job, server, at);
    }
  }

  #recall(server: SourceServer): void {
    const { replication, id } = server;
    if (replication === undefined) return;
    if (isShipping(replication)) this.slots.occupy();
    if (replication.state === 'PENDING_SNAPSHOT_SHIPPING') this.slots.enqueue(server, replication.since);
    if (replication.until !== undefined) {
      this.events.add({ at: replication.until, kind: 'replication', server: id, job: 0 });
    }
  }
}
