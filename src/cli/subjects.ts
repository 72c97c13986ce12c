import type { Desired } from '../core/desired.ts';
import type { ExitCode } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import type { Subject } from '../core/status.ts';
import { scopeOf } from '../plan/index.ts';
import { named, namesOf } from '../status/names.ts';
import { findSubjects } from '../status/subjects.ts';
import type { Sighting } from '../status/vm-status.ts';
import type { Accounts } from './accounts.ts';
import type { Context } from './context.ts';
import type { Locks } from './locking.ts';
import { ofTarget, withAccounts } from './open-accounts.ts';
import { knownWaves, matcher, requireMatch, selectTargets } from './selection.ts';

/** Flags of a command about VMs, which its arguments name. */
export interface SubjectFlags {
  readonly target?: readonly string[];
  readonly format: 'text' | 'json';
}

/** What commands on the jobs of VMs work with. */
export interface Scene {
  readonly desired: Desired;
  readonly observed: ReadonlyMap<string, Observed>;
  readonly operations: ReadonlyMap<string, Operations>;
  readonly traits: Accounts['traits'];
  /** All VMs of the targets, and all jobs that stand for none of them. */
  readonly subjects: readonly Subject[];
  /** Those that the command line names; without names all that a wave has to do with. */
  readonly chosen: readonly Subject[];
}

/** Opens the targets and finds the VMs that a command line names. */
export function withSubjects(
  context: Context,
  flags: SubjectFlags,
  names: readonly string[],
  use: (scene: Scene) => Promise<ExitCode>,
  locks?: Locks,
): Promise<ExitCode> {
  return withAccounts(
    context,
    (desired) => selectTargets(desired, flags),
    async (desired, accounts) => use(await findScene(desired, accounts, names)),
    locks,
  );
}

/**
 * Observes the accounts and finds the VMs that names mean: of waves, VMs, paths, servers or jobs, or globs.
 * @throws LandfallError VM_UNKNOWN for a name that fits nothing
 */
export async function findScene(
  desired: Desired,
  accounts: Accounts,
  names: readonly string[],
): Promise<Scene> {
  const observed = await accounts.observe(scopeOf(desired));
  const subjects = findSubjects(desired, observed, accounts.traits);
  const known = [...knownWaves(desired, observed.values()), ...subjects.flatMap(namesOf)];
  requireMatch('VM_UNKNOWN', 'wave, VM or job', names, known);
  const matches = matcher(names);
  const chosen =
    names.length === 0 || matches === undefined
      ? subjects.filter(({ wave }) => wave !== undefined)
      : named(subjects, matches);
  return { desired, observed, operations: accounts.operations, traits: accounts.traits, subjects, chosen };
}

/** Looks at the runs of the VMs' jobs: a call for each that has one, as many at once as its target allows. */
export function look(
  operations: Scene['operations'],
  subjects: readonly Subject[],
): Promise<readonly Sighting[]> {
  return Promise.all(
    subjects.map(async (subject): Promise<Sighting> => {
      const { job, target } = subject;
      if (job === undefined) return { subject };
      const history = await ofTarget(operations, target).runs(job.id);
      return { subject, ...(history !== undefined && { history }) };
    }),
  );
}
