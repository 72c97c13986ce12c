import { matchesGlob, type SimulatedFaults } from '../faults.ts';
import { copyDuration, HOUR, MINUTE } from '../simulation/durations.ts';
import type { Machine } from '../simulation/account.ts';
import type { Replication, SourceServer, Stall } from './records.ts';

export const INITIATION_STEPS = [
  'WAIT',
  'CREATE_SECURITY_GROUP',
  'LAUNCH_REPLICATION_SERVER',
  'BOOT_REPLICATION_SERVER',
  'AUTHENTICATE_WITH_SERVICE',
  'DOWNLOAD_REPLICATION_SOFTWARE',
  'CREATE_STAGING_DISKS',
  'ATTACH_STAGING_DISKS',
  'PAIR_REPLICATION_SERVER_WITH_AGENT',
  'CONNECT_AGENT_TO_REPLICATION_SERVER',
  'START_DATA_TRANSFER',
] as const;
export const INITIATION_DURATION = 10 * MINUTE;
/** Milliseconds of each step of an initiation; not a whole number. */
export const STEP_DURATION = INITIATION_DURATION / INITIATION_STEPS.length;

/** Milliseconds until the first copy is a snapshot that can be launched. */
export const SNAPSHOT_DURATION = 5 * MINUTE;
/** Milliseconds from the end of one shipment to the next snapshot. */
export const SNAPSHOT_INTERVAL = 2 * HOUR;

const BASE_DURATION = 5 * MINUTE;
/** The share of the data that changes between two snapshots. */
const CHANGED_SHARE = 0.02;

/** Computes how long a shipment takes, in milliseconds: the first copies all disks, later ones the changes. */
export function shipmentDuration(machine: Machine, { synced, shipments }: Replication): number {
  const { gigabytes } = machine;
  return copyDuration(BASE_DURATION, gigabytes * (synced ? CHANGED_SHARE : 1), gigabytes * 1000 + shipments);
}

/** Computes the share of the current snapshot that is shipped, from 0 to 1. */
export function shippedShare({ done, since, span }: Replication, now: number): number {
  return Math.min(1, done + (1 - done) * ((now - since) / Math.max(1, span)));
}

/** Finds the fault that stalls the replication of a server, if any. */
export function plannedStallOf({ stalls = [] }: SimulatedFaults, server: SourceServer): Stall | undefined {
  const stall = stalls.find((one) => matchesServer(one.server, server));
  return stall === undefined ? undefined : { error: stall.error, message: stall.message };
}

/** Finds the step of the initiation that an error belongs to; -1 for an error of a later state. */
export const failingStepIndex = (error: string) =>
  (INITIATION_STEPS as readonly string[]).indexOf(error.replace(/^FAILED_TO_/, ''));

export const matchesServer = (glob: string, { id, machine }: Pick<SourceServer, 'id' | 'machine'>) =>
  matchesGlob(glob, machine.name) || matchesGlob(glob, id);
