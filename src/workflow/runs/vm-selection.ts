import type { Concern } from '../../core/concern.ts';
import type { Desired, Settings } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { isOwnedBy, type Observed, type ObserveScope, scopeOf } from '../../core/observed.ts';
import type { Operations } from '../../core/operations.ts';
import type { Status, VmEntry } from '../../core/status.ts';
import { fullName } from '../../core/names.ts';
import { joinFirst, quoteShellWord } from '../../core/text.ts';
import {
  displayNames,
  findSubjects,
  matchSubjects,
  subjectNames,
  subjectsById,
} from '../../journey/subjects.ts';
import type { VmSnapshot } from '../../journey/on-demand.ts';
import type { PlanInput } from '../../plan/input.ts';
import { buildStatus } from '../../plan/status.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import type { Locks } from '../locking/locks.ts';
import type { Manifests } from '../manifests.ts';
import { loadGates } from '../plan/gates.ts';
import { matcher, requireMatch } from '../name-patterns.ts';
import { catalogNames, knownWaves, scopeOfRun, type Selection } from '../selection.ts';

/** What commands on the jobs of VMs work with. */
export interface VmSelection extends Pick<PlanInput, 'makeGates'> {
  readonly desired: Desired;
  /** What validation has found. */
  readonly concerns: readonly Concern[];
  readonly observed: ReadonlyMap<string, Observed>;
  /** The targets that could not be read. */
  readonly unreachable: readonly Concern[];
  readonly operations: ReadonlyMap<string, Operations>;
  readonly instances: Accounts['instances'];
  /** Observes some of the targets again, without the settings that were read `before`. */
  readonly observeAgain: (
    targets: ReadonlySet<string>,
    before?: ReadonlyMap<string, Observed>,
  ) => Promise<ReadonlyMap<string, Observed>>;
  readonly traits: Accounts['traits'];
  /** All VMs of the targets, and all jobs that stand for none of them. */
  readonly subjects: readonly VmEntry[];
  /** Those that the command line names; without names all that belong to a wave. */
  readonly chosen: readonly VmEntry[];
}

type AnyScope = Omit<ObserveScope, 'project'>;

/** Commands on VMs, with their accounts open until `await using` closes them. */
export type OpenVms = VmSelection & AsyncDisposable;

/**
 * Opens the accounts, with `locks` under the locks of the targets, and finds the VMs that names mean.
 * @throws LandfallError VM_UNKNOWN for a name that fits nothing
 */
export async function openVms(
  workspace: Workspace,
  manifests: Manifests,
  options: Pick<Selection, 'target'>,
  names: readonly string[],
  { locks, scope }: { readonly locks?: Locks; readonly scope?: AnyScope } = {},
): Promise<OpenVms> {
  const targets = scopeOfRun(manifests, options);
  const accounts = await openAccounts(workspace, (await locks?.take(targets)) ?? targets);
  const close = (): PromiseLike<void> => accounts[Symbol.asyncDispose]();
  try {
    return { ...(await selectVms(manifests, accounts, names, scope)), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Observes the accounts and finds the VMs that names mean: of waves, VMs, paths, servers or jobs, or globs.
 * @param scope what is read; absent: all that a plan needs, which also tells what happens next
 * @throws LandfallError VM_UNKNOWN for a name that fits nothing
 */
export async function selectVms(
  { desired, concerns }: Pick<Manifests, 'desired' | 'concerns'>,
  accounts: Accounts,
  names: readonly string[],
  scope: AnyScope = scopeOf(desired),
): Promise<VmSelection> {
  const { observed, unreachable } = await accounts.observe(scope);
  const subjects = findSubjects(desired, observed, accounts.traits);
  const byId = subjectsById(subjects, new Set(names));
  const waves = knownWaves(desired, observed.values());
  const known = [
    ...waves,
    ...subjects.flatMap(subjectNames),
    // Of all ids, only those that were asked for: no other is to be suggested.
    ...byId.keys(),
  ];
  const suggested = [...waves, ...subjects.flatMap(displayNames)];
  const catalog = names.length === 0 ? [] : catalogNames(observed.values());
  requireMatch('VM_UNKNOWN', 'wave, VM or job', names, known, { suggested, catalog, unreachable });
  const matches = matcher(names);
  const chosen =
    names.length === 0 || matches === undefined
      ? subjects.filter(({ wave, isPast }) => wave !== undefined && isPast !== true)
      : matchSubjects(subjects, matches, new Set([...byId.values()].flatMap((found) => [...found])));
  const { operations, instances, traits } = accounts;
  const observeAgain: VmSelection['observeAgain'] = (targets, before = new Map()) =>
    accounts.observeOnly({ ...scope, known: ownSettings(before, desired.project) }, targets);
  return {
    ...{ desired, concerns, observed, unreachable, operations, instances, observeAgain },
    ...{ traits, subjects, chosen },
    ...(await loadGates(desired)),
  };
}

/** Returns the settings of all jobs of a project, by their ids. */
function ownSettings(
  observed: ReadonlyMap<string, Observed>,
  project: string,
): ReadonlyMap<string, Settings> {
  const jobs = [...observed.values()].flatMap((account) => account.jobs);
  return new Map(jobs.filter((job) => isOwnedBy(job, project)).map(({ id, settings }) => [id, settings]));
}

/**
 * Leaves only VMs of some waves, which are names or globs.
 * @throws LandfallError WAVE_UNKNOWN for a pattern that fits nothing
 */
export function inWaves(vms: VmSelection, patterns: Selection['wave']): VmSelection {
  const known = knownWaves(vms.desired, vms.observed.values());
  requireMatch('WAVE_UNKNOWN', 'wave', patterns, known, vms);
  const fits = matcher(patterns, known);
  if (fits === undefined) return vms;
  return { ...vms, chosen: vms.chosen.filter(({ wave }) => wave !== undefined && fits(wave)) };
}

/**
 * Returns the one chosen VM. A VM that has the name itself comes before those that only a glob or their wave names.
 * @throws LandfallError VM_AMBIGUOUS, with all of them, if the name means several
 */
export function oneOfChosen({ chosen, unreachable }: VmSelection, name: string): VmEntry {
  const withId = subjectsById(chosen, new Set([name])).get(name);
  const named = chosen.filter((one) => withId?.has(one) === true || subjectNames(one).includes(name));
  const [entry, ...more] = named.length > 0 ? named : chosen;
  if (entry !== undefined && more.length === 0) return entry;
  if (entry === undefined) {
    const [first] = unreachable;
    const where = first === undefined ? '' : ` that could be read: ${first.message}`;
    throw new LandfallError('VM_UNKNOWN', `${JSON.stringify(name)} has no VM${where}`);
  }
  const all = [entry, ...more];
  const fits = joinFirst(all.map(fullName), MAX_LISTED);
  const choices = all.slice(0, MAX_LISTED).map((one) => selectingArgument(one, all));
  throw new LandfallError('VM_AMBIGUOUS', `${JSON.stringify(name)} fits ${all.length} VMs: ${fits}`, {
    remedy: `give ${choices.join(' or ')}`,
  });
}

/** Most VMs that a name which fits several is said to fit. */
const MAX_LISTED = 10;

/** What to write on the command line for one of several VMs: its name with its label or its address if no other has it. */
function selectingArgument(entry: VmEntry, all: readonly VmEntry[]): string {
  const { address, target, server, job } = entry;
  const others = new Set(all.filter((other) => other !== entry).flatMap(subjectNames));
  const own = [fullName(entry), address, server?.path, server?.serverId, job?.id];
  const only = own.find((name) => name !== undefined && !others.has(name));
  return only === undefined
    ? `${quoteShellWord(address)} --target ${quoteShellWord(target)}`
    : quoteShellWord(only);
}

/** The status of the chosen VMs, as the accounts were observed, or as they have been observed since. */
export function statusOf(
  { desired, concerns, unreachable, traits, makeGates, chosen, ...selection }: VmSelection,
  observed: ReadonlyMap<string, Observed> = selection.observed,
): Status {
  const keys = new Set(chosen.map(keyOf));
  const subjects =
    observed === selection.observed ? selection.subjects : findSubjects(desired, observed, traits);
  const entries = subjects.filter((subject) => keys.has(keyOf(subject)));
  const gates = makeGates === undefined ? {} : { makeGates };
  return buildStatus({ desired, concerns, observed, unreachable, traits, ...gates }, entries);
}

function keyOf({ target, address }: VmEntry): string {
  return JSON.stringify([target, address]);
}

/**
 * Reads the runs of the VMs' jobs: one call for each job, as many at once as its target allows. Where the service has no
 * runs, the observation is used.
 */
export function readRuns(
  operations: VmSelection['operations'],
  subjects: readonly VmEntry[],
): Promise<readonly VmSnapshot[]> {
  return Promise.all(
    subjects.map(async (subject): Promise<VmSnapshot> => {
      const { job, target } = subject;
      const service = operations.get(target);
      if (job === undefined || service === undefined) return { subject };
      const history = await service.runs(job.id);
      return { subject, ...(history !== undefined && { history }) };
    }),
  );
}
