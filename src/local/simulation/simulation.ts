import type { SimulatedFaults } from '../faults.ts';
import type { MgnCommand } from '../mgn/commands.ts';
import { MgnSimulation } from '../mgn/simulation.ts';
import { createMgnAccount, type MgnAccount } from '../mgn/account.ts';
import type { SmsCommand } from '../sms/simulation/commands.ts';
import { SmsSimulation } from '../sms/simulation/simulation.ts';
import type { SmsAccount } from '../sms/simulation/account.ts';
import { executeStorageCommand, type StorageCommand } from './account.ts';

/** The state of both services. */
export interface SimulatedAccount extends SmsAccount {
  /** Absent until MGN is initialised. */
  mgn?: MgnAccount;
}

/** An accepted change. The journal contains commands: executing them again at the same times gives the same account. */
export type Command =
  | SmsCommand
  | StorageCommand
  | { readonly do: 'faults'; readonly faults: SimulatedFaults }
  | { readonly do: 'mgn'; readonly mgn: MgnCommand };

/** The simulation of both services, which share the inventory, the faults and the time. */
export class Simulation {
  readonly account: SimulatedAccount;
  readonly #sms: SmsSimulation;
  #mgn: MgnSimulation | undefined;

  constructor(account: SimulatedAccount) {
    this.account = account;
    this.#sms = new SmsSimulation(account);
    if (account.mgn !== undefined) this.#mgn = new MgnSimulation(account, account.mgn);
  }

  /** Processes all events up to `time`. */
  advanceTo(time: number): void {
    this.#sms.advanceTo(time);
    this.#mgn?.advanceTo(this.account.now);
  }

  /** Executes a command at the current time, with its immediate consequences. */
  execute(command: Command): void {
    if (command.do === 'faults') {
      this.account.faults = command.faults;
      this.#mgn?.applyFaults();
    } else if (command.do === 'mgn') this.#useMgn().execute(command.mgn);
    else if (isStorageCommand(command)) executeStorageCommand(this.account, command);
    else this.#sms.execute(command);
    this.startWaiting();
    this.advanceTo(this.account.now);
  }

  /** Gives free slots to the runs of SMS that wait. */
  startWaiting(): void {
    this.#sms.startWaiting();
  }

  #useMgn(): MgnSimulation {
    const { account } = this;
    account.mgn ??= createMgnAccount(account.now);
    return (this.#mgn ??= new MgnSimulation(account, account.mgn));
  }
}

const isStorageCommand = (command: Command): command is StorageCommand => 'bucket' in command;
