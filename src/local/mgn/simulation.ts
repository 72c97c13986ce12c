import type { SharedAccount } from '../simulation/account.ts';
import { executeMgnCommand, type MgnCommand } from './commands.ts';
import { addAgentEvent, installAwaitedAgent } from './agents.ts';
import { endExport } from './export.ts';
import { endImport } from './import.ts';
import { addJobEvents, endJob, endParticipant } from './launch.ts';
import type { SourceServer } from './records.ts';
import { endReplicationState, stallIdleAgents, startWaitingShipments, usesSlot } from './replication.ts';
import {
  addTransferEvent,
  createMgnEventQueue,
  createShipmentSlots,
  type MgnAccount,
  type MgnEvent,
  type MgnSimulationContext,
} from './account.ts';

/** The state of MGN and its future events. Neither service depends on the other. */
export class MgnSimulation implements MgnSimulationContext {
  readonly account: SharedAccount;
  readonly mgn: MgnAccount;
  readonly events = createMgnEventQueue();
  readonly slots = createShipmentSlots();
  now: number;

  /** Derives events and slots from the records. */
  constructor(account: SharedAccount, mgn: MgnAccount) {
    this.account = account;
    this.mgn = mgn;
    this.now = account.now;
    for (const server of mgn.servers.values()) this.#resume(server);
    for (const job of mgn.jobs.values()) if (job.endsAt > this.now) addJobEvents(this, job);
    for (const [id, awaited] of mgn.awaitedAgents) addAgentEvent(this, id, awaited);
    for (const transfer of mgn.transfers.values())
      if (transfer.endsAt > this.now) addTransferEvent(this, transfer);
    startWaitingShipments(this);
  }

  /** Processes all events up to `time`. */
  advanceTo(time: number): void {
    for (let event = this.events.take(time); event !== undefined; event = this.events.take(time)) {
      this.now = event.at;
      this.#process(event);
      startWaitingShipments(this);
    }
    this.now = Math.max(this.now, time);
  }

  /** Executes a command at the current time, with its immediate consequences. */
  execute(command: MgnCommand): void {
    executeMgnCommand(this, command);
    startWaitingShipments(this);
    this.advanceTo(this.now);
  }

  /** Does at once what the faults of the account, which have changed, do to servers. */
  applyFaults(): void {
    stallIdleAgents(this);
  }

  #process({ kind, server: id = '', job: number = 0, at }: MgnEvent): void {
    const server = this.mgn.servers.get(id);
    const job = this.mgn.jobs.get(number);
    if (kind === 'job') {
      if (job !== undefined) endJob(this, job);
    } else if (kind === 'transfer') {
      this.#endTransfer(id);
    } else if (kind === 'agent') {
      installAwaitedAgent(this, id, at);
    } else if (server !== undefined) {
      if (kind === 'replication') endReplicationState(this, server, at);
      else if (job !== undefined) endParticipant(job, server, at);
    }
  }

  #endTransfer(id: string): void {
    const transfer = this.mgn.transfers.get(id);
    if (transfer?.kind === 'import') endImport(this, transfer);
    else if (transfer?.kind === 'export') endExport(this, transfer);
  }

  #resume(server: SourceServer): void {
    const { replication, id } = server;
    if (replication === undefined) return;
    if (usesSlot(server)) this.slots.occupy();
    if (replication.state === 'PENDING_SNAPSHOT_SHIPPING')
      this.slots.add({ since: replication.since, server });
    if (replication.until !== undefined) {
      this.events.add({ at: replication.until, kind: 'replication', server: id });
    }
  }
}
