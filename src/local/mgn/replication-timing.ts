import { matchesGlob } from '../faults/simulated-faults.ts';
import { fixedFraction } from '../sms/simulation/ids.ts';
import type { Machine, SimulatedFaults } from '../sms/simulation/records.ts';
import type { Replication, SourceServer, Stall } from './records.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long each step of an initiation takes. */
export const STEP_DURATION = MINUTE;
export const INITIATION_STEPS = [
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
export const INITIATION_DURATION = INITIATION_STEPS.length * STEP_DURATION;

/** How long the copy takes to become one that can be launched. */
export const SNAPSHOT_DURATION = 5 * MINUTE;
/** Time from the end of one snapshot's shipping to the next snapshot. */
export const SNAPSHOT_INTERVAL = 6 * HOUR;

const BASE_DURATION = 5 * MINUTE;
const GIGABYTES_PER_HOUR = 25;
/** The part of a disk that changes between two snapshots. */
const CHANGED_SHARE = 0.02;

/** How long a snapshot takes to ship: all of the disks the first time, then what changed. */
export function shipmentDuration(machine: Machine, { synced, shipments }: Replication): number {
  const share = synced ? CHANGED_SHARE : 1;
  const span = BASE_DURATION + (machine.gigabytes * share * HOUR) / GIGABYTES_PER_HOUR;
  return Math.round(span * (0.9 + 0.2 * fixedFraction(machine.gigabytes * 1000 + shipments)));
}

/** How far the snapshot that is being shipped has come, from 0 to 1. */
export function shippedShare({ done, since, span }: Replication, now: number): number {
  return Math.min(1, done + (1 - done) * ((now - since) / Math.max(1, span)));
}

/** The stall that a fault has in store for a server. */
export function plannedStallOf({ stalls = [] }: SimulatedFaults, server: SourceServer): Stall | undefined {
  const stall = stalls.find((one) => matchesServer(one.server, server));
  return stall === undefined ? undefined : { error: stall.error, message: stall.message };
}

/** The step of the initiation that an error is of; -1 for one that comes later. */
export const failingStepIndex = (error: string) =>
  (INITIATION_STEPS as readonly string[]).indexOf(error.replace(/^FAILED_TO_/, ''));

export const matchesServer = (glob: string, { id, machine }: Pick<SourceServer, 'id' | 'machine'>) =>
  matchesGlob(glob, machine.name) || matchesGlob(glob, id);
