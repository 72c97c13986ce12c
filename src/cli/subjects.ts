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
import { withAccounts } from './open-accounts.ts';
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
  /** Looks at some of the targets again. */
  readonly observeAgain: (targets: ReadonlySet<string>) => Promise<ReadonlyMap<string, Observed>>;
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
  const scope = scopeOf(desired);
  const observed = await accounts.observe(scope);
  const subjects = findSubjects(desired, observed, accounts.traits);
  const known = [...knownWaves(desired, observed.values()), ...subjects.flatMap(namesOf)];
  requireMatch('VM_UNKNOWN', 'wave, VM or job', names, known);
  const matches = matcher(names);
  const chosen =
    names.length === 0 || matches === undefined
      ? subjects.filter(({ wave }) => wave !== undefined)
      : named(subjects, matches);
  const { operations, traits } = accounts;
  const observeAgain: Scene['observeAgain'] = (targets) => accounts.observe(scope, targets);
  return { desired, observed, operations, observeAgain, traits, subjects, chosen };
}

/**
 * Looks at the runs of the VMs' jobs: a call for each that has one, as many at once as its target allows. Where the
 * service keeps no runs there is no more to see than was observed.
 */
export function look(
  operations: Scene['operations'],
  subjects: readonly Subject[],
): Promise<readonly Sighting[]> {
  return Promise.all(
    subjects.map(async (subject): Promise<Sighting> => {
      const { job, target } = subject;
      const service = operations.get(target);
      if (job === undefined || service === undefined) return { subject };
      const history = await service.runs(job.id);
      return { subject, ...(history !== undefined && { history }) };
    }),
  );
}

/** Looks once more at VMs that were seen: at their runs, or else at the whole of targets whose service keeps none. */
export async function lookAgain(
  { operations, observeAgain }: Pick<Scene, 'operations' | 'observeAgain'>,
  subjects: readonly Subject[],
): Promise<readonly Sighting[]> {
  const silent = subjects.filter(({ target }) => !operations.has(target));
  const targets = new Set(silent.map(({ target }) => target));
  const [seen, observed] = await Promise.all([
    look(operations, subjects),
    targets.size === 0 ? new Map<string, Observed>() : observeAgain(targets),
  ]);
  return seen.map((sighting): Sighting => {
    const { job, target } = sighting.subject;
    const account = observed.get(target);
    if (account === undefined || job === undefined) return sighting;
    const now = account.jobs.find(({ id }) => id === job.id);
    return { ...sighting, since: { at: account.at, ...(now !== undefined && { job: now }) } };
  });
}
