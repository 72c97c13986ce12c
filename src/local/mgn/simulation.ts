import type { World } from '../simulation/world.ts';
import { Agenda } from './agenda.ts';
import type { Event } from './agenda.ts';
import { carryOut } from './commands.ts';
import type { MgnCommand } from './commands.ts';
import { endJob, endPart, follow } from './launch.ts';
import type { Live } from './live.ts';
import { Places } from './places.ts';
import { happen, isShipping, shipWaiting } from './replication.ts';
import type { SourceServer } from './records.ts';
import type { MgnWorld } from './world.ts';

/** MGN's part of the world and what will happen in it: nothing of it depends on SMS, nor SMS on it. */
export class MgnSimulation implements Live {
  readonly world: World;
  readonly mgn: MgnWorld;
  readonly agenda = new Agenda();
  readonly places = new Places();
  now: number;

  /** Derives agenda and places from the records. */
  constructor(world: World, mgn: MgnWorld) {
    this.world = world;
    this.mgn = mgn;
    this.now = world.now;
    for (const server of mgn.servers.values()) this.#recall(server);
    for (const job of mgn.jobs.values()) if (job.endsAt > this.now) follow(this, job);
    shipWaiting(this);
  }

  /** Lets everything happen that falls due up to `time`. */
  advanceTo(time: number): void {
    for (let event = this.agenda.take(time); event !== undefined; event = this.agenda.take(time)) {
      this.now = event.at;
      this.#happen(event);
      shipWaiting(this);
    }
    this.now = Math.max(this.now, time);
  }

  /** Carries a command out at the present time, with everything that follows from it at once. */
  execute(command: MgnCommand): void {
    carryOut(this, command);
    shipWaiting(this);
    this.advanceTo(this.now);
  }

  #happen({ kind, server: id, job: number, at }: Event): void {
    const server = this.mgn.servers.get(id);
    const job = this.mgn.jobs.get(number);
    if (kind === 'job') {
      if (job !== undefined) endJob(this, job);
    } else if (server !== undefined) {
      if (kind === 'replication') happen(this, server, at);
      else if (job !== undefined) endPart(job, server, at);
    }
  }

  #recall(server: SourceServer): void {
    const { replication, id } = server;
    if (replication === undefined) return;
    if (isShipping(replication)) this.places.take();
    if (replication.state === 'PENDING_SNAPSHOT_SHIPPING') this.places.wait(server, replication.since);
    if (replication.until !== undefined) {
      this.agenda.add({ at: replication.until, kind: 'replication', server: id, job: 0 });
    }
  }
}
