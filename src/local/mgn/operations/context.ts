import type { SharedAccount } from '../../simulation/account.ts';
import type { MgnCommand } from '../commands.ts';
import type { MgnQuotas } from '../quotas.ts';
import type { Group, SourceServer } from '../records.ts';
import { findServer, type GroupKind, type MgnAccount } from '../account.ts';
import { notFound } from './errors.ts';

/** The state that an operation reads, and the only function that changes it. */
export interface MgnOperationContext {
  readonly account: SharedAccount;
  readonly mgn: MgnAccount;
  readonly quotas: MgnQuotas;
  /** The region of the request, for ARNs. */
  readonly region: string;
  /** Writes the command to the journal and executes it. When it returns, a crash cannot lose the command. */
  commit(command: MgnCommand): void;
}

/** The account of all resources. */
export const ACCOUNT = '000000000000';

/** The partitions of regions outside the partition `aws`, by the beginning of their names. */
const PARTITIONS = { 'cn-': 'aws-cn', 'us-gov-': 'aws-us-gov' } as const;

export function partitionOf(region: string): string {
  const [, partition = 'aws'] = Object.entries(PARTITIONS).find(([begin]) => region.startsWith(begin)) ?? [];
  return partition;
}

export function arnOf({ region }: MgnOperationContext, type: string, id: string): string {
  return `arn:${partitionOf(region)}:mgn:${region}:${ACCOUNT}:${type}/${id}`;
}

/** Returns the server with an id. */
export function serverOf({ account, mgn }: MgnOperationContext, id: string): SourceServer {
  const server = findServer(account.inventory, mgn, id);
  if (server === undefined) throw notFound('SourceServer', id);
  return server;
}

export const GROUP_TYPES = { application: 'Application', wave: 'Wave' } as const;

/** Returns the member with the id of a group: `applicationID` or `waveID`. */
export type GroupInput = Readonly<Record<string, unknown>>;

export function groupOf(kind: GroupKind, { mgn }: MgnOperationContext, input: GroupInput): Group {
  const id = String(input[`${kind}ID`]);
  const group = mgn.groups[kind].get(id);
  if (group === undefined) throw notFound(GROUP_TYPES[kind], id);
  return group;
}

/** Returns the servers of an application, or of all applications of a wave. */
export function serversOf(kind: GroupKind, context: MgnOperationContext, { id }: Group): SourceServer[] {
  const members = [...(context.mgn.members.get(id) ?? [])];
  if (kind === 'application') return members.map((server) => serverOf(context, server));
  return members.flatMap((applicationID) =>
    serversOf('application', context, groupOf('application', context, { applicationID })),
  );
}

/** Formats a time as ISO 8601. JSON leaves out an undefined time. */
export function isoTime(milliseconds: number): string;
export function isoTime(milliseconds: number | undefined): string | undefined;
export function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

/**
 * Formats a time in the other form of ISO 8601 that recorded replies have for source servers and jobs: with an offset, and
 * with microseconds unless they are zero.
 */
export function recordedTime(milliseconds: number | undefined): string | undefined {
  return isoTime(milliseconds)
    ?.replace(/\.000Z$/, '+00:00')
    .replace(/Z$/, '000+00:00');
}

/** Formats a duration as ISO 8601, in days, hours, minutes and seconds with fractions, as recorded replies do. */
export function isoDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const clock = [
    [hours, 'H'],
    [minutes, 'M'],
    [Number((seconds % 60).toFixed(3)), 'S'],
  ].flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`]));
  const time = clock.length === 0 ? '' : `T${clock.join('')}`;
  return days === 0 && time !== '' ? `P${time}` : `P${days}D${time}`;
}
