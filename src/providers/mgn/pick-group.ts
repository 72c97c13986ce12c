import { LandfallError } from '../../core/error.ts';
import { projectOf, type Tags } from './marker.ts';

interface Group {
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
export function pickGroup<G extends Group>(
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
    throw refuse(`${kind} ${name} is archived`, `unarchive it in the console of AWS MGN, or ${other}`);
  }
  const ours = open.find(({ tags }) => projectOf(tags) === project);
  if (ours !== undefined) return ours;
  const free = open.filter(({ tags }) => projectOf(tags) === undefined);
  const [only] = free;
  if (only === undefined) {
    const whose = projectOf(open[0]?.tags) ?? '';
    throw refuse(`${kind} ${name} belongs to project "${whose}"`, other);
  }
  if (free.length > 1) {
    throw refuse(
      `there are ${free.length} ${kind}s called ${name}`,
      `rename all but one of them, or ${other}`,
    );
  }
  return only;
}

function refuse(message: string, remedy: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', message, { remedy });
}
