import type { ConcernId } from '../core/concern-ids.ts';
import { type Concern, raiseForTarget, raiseForVm } from '../core/concern.ts';
import type { Desired, Target } from '../core/desired.ts';
import { fullName } from '../core/names.ts';
import { isOwnedBy, type Observed } from '../core/observed.ts';
import { type NoOpChange, type Plan, withBlocks } from '../core/plan.ts';
import type { PhaseDecision, PhaseRules, ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import { applyJobQuotas } from './caps.ts';
import type { Decision } from './guards.ts';
import { combineTargets } from './index.ts';
import { changeOf, stepChange, withReason } from './steps.ts';
import { describeTarget } from './target.ts';

/** What a rollback is planned from. */
export interface RollbackInput {
  readonly desired: Desired;
  readonly observed: ReadonlyMap<string, Observed>;
  /** The targets that could not be read. */
  readonly unreachable: readonly Concern[];
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  /** The VMs that are named. */
  readonly chosen: readonly VmEntry[];
}

/**
 * Plans the way back of VMs that are cut over, whatever phase their waves have. A VM that is not cut over is a no-op with
 * a reason. To name a VM is its confirmation: guards do not count it, and `protect` keeps only its instance. Pure.
 */
export function planRollback(input: RollbackInput, keepInstances: boolean): Plan {
  const { desired, observed, unreachable, traits, chosen } = input;
  const { project } = desired;
  const parts = desired.targets.flatMap((target) => {
    const account = observed.get(target.name);
    const ofTarget = traits.get(target.name);
    const entries = chosen.filter((entry) => entry.target === target.name);
    if (account === undefined || ofTarget === undefined || entries.length === 0) return [];
    const decisions = entries.map((entry) =>
      decideRollback(desired, target, entry, ofTarget.phases, keepInstances),
    );
    const input = { target, project, observed: account, traits: ofTarget };
    const { changes, capacity } = applyJobQuotas(
      input,
      decisions.flatMap(({ change }) => change ?? []),
    );
    return {
      ...{ target: describeTarget(input), at: account.at, changes, capacity, stages: {} },
      ...{
        concerns: decisions.flatMap(({ concerns }) => concerns),
        stopped: 0,
        differing: 0,
        failing: 0,
        ahead: 0,
      },
    };
  });
  return combineTargets(project, parts, unreachable);
}

function decideRollback(
  desired: Desired,
  target: Target,
  entry: VmEntry,
  phases: PhaseRules,
  keepInstances: boolean,
): Decision {
  const { job, server, problem, vm } = entry;
  if (server === undefined) return { concerns: problem === undefined ? [] : [problem] };
  const named = { ...entry, wave: entry.wave ?? '', ...(vm !== undefined && { place: vm.place }) };
  const unchanged: NoOpChange = changeOf(desired, named, { server, job }, { action: 'no-op' });
  if (job === undefined)
    return { change: withReason(unchanged, 'does not replicate; nothing to take back'), concerns: [] };
  const name = fullName(entry);
  const asked = phases.rollback?.(job, { name, keepsInstance: keepInstances });
  if (asked === undefined) return { concerns: [] };
  if (asked.kind === 'refused') return { concerns: [raise(asked.id, target, entry, asked)] };
  if (asked.kind !== 'reached' && !isOwnedBy(job, desired.project)) {
    const owner = job.owner === undefined ? 'which no project owns' : `of project "${job.owner.project}"`;
    const message = `${name} has replication job ${job.id}, ${owner}: landfall does not take its cut-over back`;
    const remedy = 'take it back in the console of the service, or in the project that owns it';
    return { concerns: [raise('job.unmanaged', target, entry, { message, remedy })] };
  }
  const change = stepChange(desired, named, server, job, { ...unchanged, id: job.id }, asked);
  const protection = keepInstances ? undefined : protectionOf(desired, entry);
  if (protection === undefined) return { change, concerns: [] };
  const allowed = phases.rollback?.(job, { name, keepsInstance: true });
  if (
    allowed === undefined ||
    allowed.kind === 'refused' ||
    stepsOf(allowed).length === stepsOf(asked).length
  )
    return { change, concerns: [] };
  const concern = raise('protect.refused', target, entry, {
    message: `${name} is ${protection.why}: its instance is not terminated`,
    remedy: `${protection.remedy}, and run \`landfall rollback\` again; or run it with --keep-instances`,
  });
  const kept =
    allowed.kind === 'reached'
      ? withBlocks(change, [concern.id])
      : stepChange(desired, named, server, job, unchanged, allowed);
  return { change: kept, concerns: [concern] };
}

function stepsOf(decision: PhaseDecision): readonly string[] {
  if (decision.kind === 'step') return [decision.step, ...decision.remaining];
  return decision.kind === 'wait' ? decision.remaining : [];
}

/** Why the instance of a VM must not end, and what to do; undefined: it may. */
function protectionOf(
  { waves }: Desired,
  { vm, wave, isLeftOut }: VmEntry,
): { readonly why: string; readonly remedy: string } | undefined {
  if (isLeftOut === true) {
    const why = 'in a wave file that has errors, which may protect it';
    return { why, remedy: 'fix the wave file' };
  }
  const isProtected = vm?.protect ?? waves.some((one) => one.name === wave && one.protect);
  return isProtected ? { why: 'protected', remedy: 'set `protect: false` on it' } : undefined;
}

function raise(
  id: ConcernId,
  target: Target,
  { vm, address }: VmEntry,
  words: { readonly message: string; readonly remedy: string },
): Concern {
  if (vm !== undefined) return raiseForVm(id, vm, words);
  return { ...raiseForTarget(id, target.name, words), address };
}
