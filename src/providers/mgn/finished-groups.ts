import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import { projectOf } from './marker.ts';

/** What an account holds, as far as it tells which groups are finished. */
export interface Groups {
  /** All servers of the applications, archived or not. */
  readonly servers: readonly SourceServer[];
  /** All applications of the waves. */
  readonly applications: readonly Application[];
  readonly waves: readonly Wave[];
}

/** Ids of groups. */
export interface Finished {
  readonly applications: ReadonlySet<string>;
  readonly waves: ReadonlySet<string>;
}

/**
 * The applications and waves of a project that are there still, with all of their servers archived. One without any
 * server has not even begun.
 */
export function finishedGroups(project: string, { servers, applications, waves }: Groups): Finished {
  const isOpen = ({ isArchived, tags }: Application | Wave) =>
    isArchived !== true && projectOf(tags) === project;
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
export function leftOpen(project: string | undefined, groups: Groups): (server: SourceServer) => boolean {
  if (project === undefined) return () => false;
  const finished = finishedGroups(project, groups);
  const waveOf = new Map(groups.applications.map(({ applicationID, waveID }) => [applicationID, waveID]));
  return ({ applicationID: id }) =>
    id !== undefined && (finished.applications.has(id) || finished.waves.has(waveOf.get(id) ?? ''));
}
