import type { LocalClock } from './clock.ts';
import type { Faults } from './faults/faults.ts';
import type { SkippedRow } from './inventory/rvtools.ts';
import type { MgnOptions } from './mgn/quotas.ts';
import type { WireStyle } from './sms/operations/context.ts';

export interface LocalOptions {
  /** The folder that keeps the state; made if it is not there. */
  readonly folder: string;
  readonly clock?: LocalClock;
  /** 0, the default: any free one. Always on the loopback interface only. */
  readonly port?: number;
  /** Virtual seconds per real second while it serves; default 1. */
  readonly speed?: number;
  /** How enum values are spelled; default `model`. */
  readonly wireStyle?: WireStyle;
  /** The only region whose signatures are accepted; default any. */
  readonly region?: string;
  /** What goes wrong; default nothing. */
  readonly faults?: Faults;
  /** How MGN is set up; default: as an account that never used it, with AWS's quotas. */
  readonly mgn?: MgnOptions;
  /** The process that runs this: shown to whoever finds the folder held. */
  readonly pid?: number;
}

export interface LoadResult {
  readonly loaded: number;
  /** Rows of the export that are not in the catalogue, and why. */
  readonly skipped: readonly SkippedRow[];
}

export interface LocalEndpoint {
  readonly url: string;
  readonly port: number;
  /** Its own time, in milliseconds since 1970. */
  now(): number;
  /**
   * Moves its time forward; returns the new time.
   * @throws LocalError BAD_TIME
   */
  advance(milliseconds: number): number;
  /**
   * Replaces its VMs by those of an RVTools vInfo export.
   * @throws LocalError BAD_INVENTORY
   */
  load(source: string | Uint8Array): Promise<LoadResult>;
  /** Begins again, as in a fresh folder. */
  reset(): Promise<void>;
  /**
   * Replaces what goes wrong.
   * @throws LocalError BAD_FAULTS
   */
  setFaults(faults: Faults): void;
  /** Waits until no other program uses it, lets requests in flight end, stops, and lets go of the folder. */
  close(): Promise<void>;
}
