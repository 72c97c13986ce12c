import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import { describeOwner, projectOf, type Tags } from './marker.ts';

interface NamedGroup {
  readonly name?: string;
  readonly isArchived?: boolean;
  readonly tags?: Tags;
}

/**
 * The application or wave that a name means: one that is not archived, ours before one that is nobody's. Whether names
 * are unique, the API does not say: several that are all nobody's are nobody's to choose from.
 * @returns undefined: there is none of that name
 * @throws LandfallError SERVICE_ERROR where all of them are archived or another project's, or it is not clear which
 */
export function pickGroup<G extends NamedGroup>(
  kind: 'application' | 'wave',
  name: string,
  project: string,
  groups: readonly G[],
): G | undefined {
  const called = groups.filter((group) => group.name === name);
  const [first] = called;
  if (first === undefined) return undefined;
  const other = kind === 'wave' ? 'give the wave another name' : 'name another `app`';
  const open = called.filter(({ isArchived }) => isArchived !== true);
  if (open.length === 0) {
    throw groupError(`${kind} ${name} is archived`, `unarchive it in the console of AWS MGN, or ${other}`);
  }
  const ours = open.find((group) => projectOf(group) === project);
  if (ours !== undefined) return ours;
  const free = open.filter((group) => projectOf(group) === undefined);
  const [only] = free;
  if (only === undefined)
    throw groupError(`${kind} ${name} belongs to ${describeOwner(open[0] ?? {})}`, other);
  if (free.length > 1) {
    throw groupError(
      `there are ${free.length} ${kind}s called ${name}`,
      `rename all but one of them, or ${other}`,
    );
  }
  return only;
}

function groupError(message: string, remedy: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', message, { remedy });
}

/** What an account holds, as far as it tells which groups are finished. */
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
 * The applications and waves of a project that are there still, with all of their servers archived. One without any
 * server has not even begun.
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
 * Tells whether a server's application or wave is left to be archived: an archiving that was cut off, or that somebody
 * has done by hand, is made whole by the next run.
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
