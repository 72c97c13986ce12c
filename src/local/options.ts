import type { LocalClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { ListenOptions } from './http/server.ts';
import type { SkippedRow } from './inventory/rvtools.ts';
import type { MgnOptions } from './mgn/quotas.ts';
import type { WireStyle } from './sms/operations/context.ts';

export interface LocalOptions {
  /** The folder with the state, and with the lock that says where the endpoint listens; created if it does not exist. */
  readonly folder: string;
  /** Whether the state is kept in memory, and the folder has the lock only; default no. */
  readonly inMemory?: boolean;
  readonly clock?: LocalClock;
  /** The port; default 0: any free port. */
  readonly port?: number;
  /** 127.0.0.1, the default, for clients of this machine only; or 0.0.0.0 for clients in all networks of this machine. */
  readonly host?: ListenOptions['host'];
  /** Host names that requests may use besides `localhost`, 127.0.0.1 and [::1], without ports; default: none. */
  readonly allowedHosts?: readonly string[];
  /** Virtual seconds for each real second; default 1. */
  readonly speed?: number;
  /** The spelling of enum values; default `model`. */
  readonly wireStyle?: WireStyle;
  /** The only region whose signatures are accepted; default: any. */
  readonly region?: string;
  /** The faults to simulate; default: none. */
  readonly faults?: Faults;
  /** Whether a new state has its catalogue of SMS imported; default yes. A fresh account of AWS has not. */
  readonly imported?: boolean;
  /** The setup of MGN; default: an account that never used it, with the default quotas of AWS. */
  readonly mgn?: MgnOptions;
  /** The id of this process, for the message that the folder is in use. */
  readonly pid?: number;
}

export interface LoadResult {
  readonly loaded: number;
  /** Rows of the export that were skipped, with the reasons. */
  readonly skipped: readonly SkippedRow[];
}

export interface AgentLoadResult {
  /** Agents that are installed now, later, and never. */
  readonly installed: number;
  readonly awaited: number;
  readonly never: number;
  readonly skipped: readonly SkippedRow[];
}

export interface LocalEndpoint {
  readonly url: string;
  readonly port: number;
  /** Returns the virtual time, in milliseconds since 1970. */
  now(): number;
  /**
   * Advances the virtual time. Returns the new time.
   * @throws LocalError BAD_TIME
   */
  advance(milliseconds: number): number;
  /**
   * Replaces the VMs by those of an RVTools vInfo export.
   * @throws LocalError BAD_INVENTORY
   */
  load(source: string | Uint8Array): Promise<LoadResult>;
  /**
   * Installs the agents of a list of servers, now or later, as the list says: in a region, or in all regions in which MGN is
   * initialised.
   * @throws LocalError BAD_INVENTORY, NOT_INITIALIZED
   */
  loadAgents(source: string | Uint8Array, region?: string): Promise<AgentLoadResult>;
  /** Resets the state to that of a new folder. */
  reset(): Promise<void>;
  /**
   * Replaces all faults.
   * @throws LocalError BAD_FAULTS
   */
  setFaults(faults: Faults): void;
  /** Waits until no other program uses the endpoint and all requests are answered, then stops and releases the folder. */
  close(): Promise<void>;
}
