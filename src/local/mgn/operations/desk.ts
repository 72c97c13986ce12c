import type { World } from '../../simulation/world.ts';
import type { MgnCommand } from '../commands.ts';
import type { MgnQuotas } from '../quotas.ts';
import type { Group, SourceServer } from '../records.ts';
import { findServer } from '../world.ts';
import type { GroupKind, MgnWorld } from '../world.ts';
import { notFound } from './errors.ts';

/** What an operation works with: MGN as it is now, and the one way to change it. */
export interface MgnDesk {
  readonly world: World;
  readonly mgn: MgnWorld;
  readonly quotas: MgnQuotas;
  /** The region of the request, for ARNs. */
  readonly region: string;
  /** Writes the command to the journal and carries it out; returns only when a crash can no longer lose it. */
  commit(command: MgnCommand): void;
}

/** The account that everything belongs to. */
export const ACCOUNT = '000000000000';

export const arnOf = ({ region }: MgnDesk, type: string, id: string) =>
  `arn:aws:mgn:${region}:${ACCOUNT}:${type}/${id}`;

/** The server of that id. */
export function serverOf({ world, mgn }: MgnDesk, id: string): SourceServer {
  const server = findServer(world.inventory, mgn, id);
  if (server === undefined) throw notFound('SourceServer', id);
  return server;
}

export const GROUP_TYPES = { application: 'Application', wave: 'Wave' } as const;

/** The member that names a group: `applicationID` or `waveID`. */
export type GroupInput = Readonly<Record<string, unknown>>;

export function groupOf(kind: GroupKind, { mgn }: MgnDesk, input: GroupInput): Group {
  const id = String(input[`${kind}ID`]);
  const group = mgn.groups[kind].get(id);
  if (group === undefined) throw notFound(GROUP_TYPES[kind], id);
  return group;
}

/** The servers of an application, or of all applications of a wave. */
export function serversOf(kind: GroupKind, desk: MgnDesk, { id }: Group): SourceServer[] {
  const members = [...(desk.mgn.members.get(id) ?? [])];
  if (kind === 'application') return members.map((server) => serverOf(desk, server));
  return members.flatMap((applicationID) =>
    serversOf('application', desk, groupOf('application', desk, { applicationID })),
  );
}
