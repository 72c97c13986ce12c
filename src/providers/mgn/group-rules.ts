import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import { describeOwner, projectOf, type Tags } from './marker.ts';

interface NamedGroup {
  readonly name?: string;
  readonly isArchived?: boolean;
  readonly tags?: Tags;
}

/**
 * Picks the application or wave of a name: one that is not archived, of the project rather than without an owner. The
 * API does not say whether names are unique.
 * @returns undefined: none has that name
 * @throws LandfallError SERVICE_ERROR if all of that name are archived or belong to other projects, or if several have
 *   no owner
 */
export function pickGroup<G extends NamedGroup>(
  kind: 'application' | 'wave',
  name: string,
  project: string,
  groups: readonly G[],
): G | undefined {
  const named = groups.filter((group) => group.name === name);
  if (named.length === 0) return undefined;
  const rename = kind === 'wave' ? 'give the wave another name' : 'name another `app`';
  const open = named.filter(({ isArchived }) => isArchived !== true);
  if (open.length === 0) {
    throw groupError(`${kind} ${name} is archived`, `unarchive it in the console of AWS MGN, or ${rename}`);
  }
  const ours = open.find((group) => projectOf(group) === project);
  if (ours !== undefined) return ours;
  const free = open.filter((group) => projectOf(group) === undefined);
  const [only] = free;
  if (only === undefined)
    throw groupError(`${kind} ${name} belongs to ${describeOwner(open[0] ?? {})}`, rename);
  if (free.length > 1) {
    throw groupError(
      `there are ${free.length} ${kind}s with the name ${name}`,
      `rename all but one of them, or ${rename}`,
    );
  }
  return only;
}

function groupError(message: string, remedy: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', message, { remedy });
}

/** The part of an account that shows which groups are finished. */
export interface GroupListing {
  /** All servers of the applications, archived or not. */
  readonly servers: readonly SourceServer[];
  /** All applications of the waves. */
  readonly applications: readonly Application[];
  readonly waves: readonly Wave[];
}

/** Ids of groups. */
interface FinishedGroupIds {
  readonly applications: ReadonlySet<string>;
  readonly waves: ReadonlySet<string>;
}

/**
 * Finds the applications and waves of a project that are not archived although all of their servers are. A group without
 * a server is not finished: its migration has not begun.
 */
export function finishedGroups(
  project: string,
  { servers, applications, waves }: GroupListing,
): FinishedGroupIds {
  const isOpen = (group: Application | Wave) => group.isArchived !== true && projectOf(group) === project;
  const done = new Map<string, boolean>();
  for (const { applicationID: id, isArchived } of servers) {
    if (id !== undefined) done.set(id, isArchived === true && done.get(id) !== false);
  }
  const doneInWave = new Map<string, boolean>();
  for (const { applicationID = '', waveID: wave } of applications) {
    const all = done.get(applicationID);
    if (wave !== undefined && all !== undefined) doneInWave.set(wave, all && doneInWave.get(wave) !== false);
  }
  return {
    applications: new Set(
      applications.flatMap((one) => {
        const { applicationID: id = '' } = one;
        return isOpen(one) && done.get(id) === true ? [id] : [];
      }),
    ),
    waves: new Set(
      waves.flatMap((one) => {
        const { waveID: id = '' } = one;
        return isOpen(one) && doneInWave.get(id) === true ? [id] : [];
      }),
    ),
  };
}

/**
 * Returns a function that tells whether a server's application or wave must still be archived. The next run completes an
 * archiving that was interrupted, or that was done by hand for servers only.
 */
export function hasUnarchivedGroup(
  project: string | undefined,
  groups: GroupListing,
): (server: SourceServer) => boolean {
  if (project === undefined) return () => false;
  const finished = finishedGroups(project, groups);
  const waveOf = wavesByApplication(groups);
  return ({ applicationID: id }) =>
    id !== undefined && (finished.applications.has(id) || finished.waves.has(waveOf.get(id) ?? ''));
}

/** Maps the ids of applications to those of their waves. */
export function wavesByApplication({
  applications,
}: GroupListing): ReadonlyMap<string | undefined, string | undefined> {
  return new Map(applications.map(({ applicationID, waveID }) => [applicationID, waveID]));
}
