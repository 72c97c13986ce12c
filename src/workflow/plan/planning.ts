import type { Context } from '../../cli/context.ts';
import type { SelectionFlags } from '../../cli/flags.ts';
import type { Concern } from '../../core/concern.ts';
import type { Desired, Target } from '../../core/desired.ts';
import { EXIT, type ExitCode } from '../../core/error.ts';
import type { Observed } from '../../core/observed.ts';
import type { Plan } from '../../core/plan.ts';
import { scopeOf } from '../../core/provider.ts';
import { loadProject } from '../../manifest/load.ts';
import { planProject } from '../../plan/index.ts';
import type { Guard, PlanInput } from '../../plan/input.ts';
import { renderValidationText } from '../../report/validation/validation.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import type { Locks } from '../locking/locks.ts';
import { findProjectFile } from '../project-files.ts';
import {
  concernsOfUnobservedTargets,
  knownVms,
  knownWaves,
  matcher,
  requireMatch,
  selectTargets,
} from '../selection.ts';

export interface PlanFlags extends SelectionFlags {
  readonly allowEmpty?: boolean;
  readonly force?: readonly Guard[];
  readonly replace?: readonly string[];
  readonly confirmFinalize?: readonly string[];
}

export interface Manifests {
  readonly projectFile: string;
  readonly desired: Desired;
  readonly concerns: readonly Concern[];
  /** All that were read, the project file first, as shown to the user. */
  readonly files: readonly string[];
  /** Where wave files are looked for, from the folder of the project. */
  readonly globs: readonly string[];
}

/** What a plan was made from. */
export interface PlanSession {
  readonly projectFile: string;
  readonly targets: readonly Target[];
  readonly accounts: Accounts;
  /** By target name. */
  readonly observed: ReadonlyMap<string, Observed>;
}

/** Reads the manifests. Without a plan to be had from them, says all that is wrong on stderr and returns nothing. */
export function readManifests(context: Context): Manifests | undefined {
  const { host } = context;
  const projectFile = findProjectFile(context);
  const loaded = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  const { desired, concerns, files } = loaded;
  const { globs } = loaded.summary;
  if (desired !== undefined) return { projectFile, desired, concerns, files, globs };
  context.onInvalidManifests?.(concerns);
  host.stderr.write(renderValidationText(loaded, { colors: context.errorColors }));
  return undefined;
}

/** What a run that plans narrows itself to beside what `SelectionFlags` say. */
export interface Narrowing {
  /** The only waves that are looked at. */
  readonly waves?: ReadonlySet<string>;
  /** Targets that are looked at though no wave of the manifests names them. */
  readonly targets?: ReadonlySet<string>;
  /** What there is to say of it. */
  readonly concerns?: readonly Concern[];
}

/**
 * The way of every run that plans: files → desired; accounts → observed; both → plan. Hands the plan and the open
 * accounts to `use`, and closes them afterwards; with `locks`, all of it under the locks of the targets. Without a plan
 * to be had it returns nothing, and has said why.
 */
export async function withPlan<T>(
  context: Context,
  flags: PlanFlags,
  use: (plan: Plan, scene: PlanSession) => T | Promise<T>,
  narrow?: (manifests: Manifests) => Promise<Narrowing>,
  locks?: Locks,
): Promise<T | undefined> {
  const manifests = readManifests(context);
  if (manifests === undefined) return undefined;
  const narrowing = await narrow?.(manifests);
  return withPlanInput(
    context,
    flags,
    manifests,
    (input, scene) => use(planProject(input), scene),
    narrowing,
    locks,
  );
}

/** Observes the accounts that manifests name, and hands on all that a comparison of the two needs. */
export async function withPlanInput<T>(
  context: Context,
  flags: PlanFlags,
  manifests: Manifests,
  use: (input: PlanInput, scene: PlanSession) => T | Promise<T>,
  narrowing: Narrowing = {},
  locks?: Locks,
): Promise<T> {
  const { desired, projectFile } = manifests;
  const targets = selectTargets(desired, flags, narrowing.targets);
  const work = (): Promise<T> => observeTargets(context, flags, manifests, targets, use, narrowing);
  return locks === undefined ? work() : locks.hold({ project: desired.project, projectFile, targets }, work);
}

async function observeTargets<T>(
  context: Context,
  flags: PlanFlags,
  { desired, concerns, projectFile }: Manifests,
  targets: readonly Target[],
  use: (input: PlanInput, scene: PlanSession) => T | Promise<T>,
  narrowing: Narrowing,
): Promise<T> {
  const accounts = await openAccounts(context, desired.project, projectFile, targets);
  try {
    const observed = await accounts.observe(scopeOf(desired));
    const waves = knownWaves(desired, observed.values());
    const vms = knownVms(desired, observed.values());
    requireMatch('WAVE_UNKNOWN', 'wave', flags.wave, waves);
    requireMatch('VM_UNKNOWN', 'VM', flags.vm, vms);
    requireMatch('VM_UNKNOWN', 'VM', flags.replace, vms);
    requireMatch('WAVE_UNKNOWN', 'wave', flags.confirmFinalize, waves);
    if (context.verbose) {
      for (const [name, { calls }] of observed) context.log(`observed ${name} in ${calls} API calls\n`);
    }
    const wave = intersect(matcher(flags.wave, waves), narrowing.waves);
    const vm = matcher(flags.vm, vms);
    const input: PlanInput = {
      desired,
      concerns: [
        ...concerns,
        ...concernsOfUnobservedTargets(desired, targets, flags),
        ...(narrowing.concerns ?? []),
      ],
      observed,
      traits: accounts.traits,
      selection: { ...(wave && { wave }), ...(vm && { vm }) },
      allowEmpty: flags.allowEmpty ?? false,
      force: flags.force ?? [],
      replace: matcher(flags.replace, vms) ?? (() => false),
      confirmFinalize: matcher(flags.confirmFinalize, waves) ?? (() => false),
    };
    return await use(input, { projectFile, targets, accounts, observed });
  } finally {
    await accounts.close();
  }
}

/** What fits both. */
function intersect(
  matches: ((name: string) => boolean) | undefined,
  names: ReadonlySet<string> | undefined,
): ((name: string) => boolean) | undefined {
  if (names === undefined) return matches;
  return (name) => names.has(name) && matches?.(name) !== false;
}

/** The exit code of a plan that has been shown: 3 where a critical concern blocks something. */
export function planExitCode(plan: Plan): ExitCode {
  return plan.concerns.some(({ severity }) => severity === 'critical') ? EXIT.refused : EXIT.done;
}
