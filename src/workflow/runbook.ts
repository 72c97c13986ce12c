import { dirname } from 'node:path';
import { type Desired, type DesiredWave, isEarlierPhase } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { scopeOf } from '../core/observed.ts';
import type { Runbook } from '../core/results/runbook.ts';
import type { Status } from '../core/status.ts';
import { didYouMean } from '../core/suggest.ts';
import { forecast } from '../forecast/index.ts';
import { runbookOf } from '../forecast/runbook.ts';
import { planProject } from '../plan/index.ts';
import type { PlanInput } from '../plan/input.ts';
import { filterStatus } from '../plan/status-filter.ts';
import { serviceOf } from '../providers/registry.ts';
import { currentCommit } from './git/current-commit.ts';
import { type InvalidManifests, type Manifests, readValidManifests } from './manifests.ts';
import { loadPolicies, type PolicyOptions, refusalsOfCutover } from './plan/policies.ts';
import { openVms, statusOf, type VmSelection } from './runs/vm-selection.ts';
import { findTarget } from './targets.ts';

/** The runbook of a wave, or why there is none. */
type RunbookResult = InvalidManifests | { readonly kind: 'runbook'; readonly runbook: Runbook };

/**
 * Observes all accounts, and writes down the night of the cut-over of a wave.
 * @throws LandfallError WAVE_UNKNOWN; ENDPOINT_UNREACHABLE where its target could not be read
 */
export async function runbook(workspace: Workspace, name: string): Promise<RunbookResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { waves } = manifests.desired;
  if (!waves.some((one) => one.name === name)) {
    throw new LandfallError('WAVE_UNKNOWN', `no wave has the name ${JSON.stringify(name)}`, {
      remedy: didYouMean(
        name,
        waves.map((one) => one.name),
        '`landfall status` lists all waves',
      ),
    });
  }
  const [found] = await runbooksOf(workspace, manifests, [name]);
  if (found !== undefined && 'sections' in found) return { kind: 'runbook', runbook: found };
  throw new LandfallError('ENDPOINT_UNREACHABLE', found?.unread ?? 'its target could not be read');
}

/** A wave whose target could not be read, and why. */
interface UnreadWave {
  readonly wave: string;
  readonly unread: string;
}

/**
 * Observes all accounts once, and writes down the nights of the cut-overs of waves, in the order of the project.
 * @param isProposed their phases and times are those of a change that is under review; and which policies hold
 */
export async function runbooksOf(
  workspace: Workspace,
  manifests: Manifests,
  names: readonly string[],
  { isProposed = false, ...policyOptions }: PolicyOptions & { readonly isProposed?: boolean } = {},
): Promise<readonly (Runbook | UnreadWave)[]> {
  const { desired, projectFile } = manifests;
  const scope = scopeOf(names.reduce(withCutover, desired));
  await using opened = await openVms(workspace, manifests, {}, [], { scope });
  const commit = await currentCommit(workspace, dirname(projectFile));
  const { policies } = await loadPolicies(workspace, manifests, policyOptions);
  const status = statusOf(opened);
  return desired.waves
    .filter(({ name }) => names.includes(name))
    .map((wave) => runbookOfWave(wave, desired, opened, { status, isProposed, commit, policies }));
}

/** What is known for the runbooks of all waves. */
interface Known {
  readonly status: Status;
  readonly isProposed: boolean;
  readonly commit: string | undefined;
  readonly policies: PlanInput['policies'];
}

function runbookOfWave(
  wave: DesiredWave,
  desired: Desired,
  { observed, unreachable, traits, subjects, concerns, makeGates }: VmSelection,
  { status, isProposed, commit, policies }: Known,
): Runbook | UnreadWave {
  const { name } = wave;
  const cutOver = withCutover(desired, name);
  const target = findTarget(desired.targets, wave.target);
  const gates = makeGates === undefined ? {} : { makeGates };
  const rules = traits.get(wave.target)?.phases;
  const account = observed.get(wave.target);
  if (rules === undefined || account === undefined) {
    const why = unreachable.find((one) => one.target === wave.target)?.message;
    return { wave: name, unread: why ?? `target ${wave.target} could not be read` };
  }
  const service = serviceOf(target.provider);
  const ofWave = { ...status, vms: status.vms.filter((vm) => vm.wave === name) };
  const notReady = filterStatus(ofWave, { notReady: 'cutover' }, { observed, traits });
  const byHand = service.unsupportedCommands.rollback?.remedy;
  const plan = planProject({ desired: cutOver, concerns, observed, unreachable, traits, ...gates });
  const found = runbookOf({
    refusalsAt: (at) => (policies === undefined ? [] : refusalsOfCutover(plan, name, at, policies)),
    ...{ desired, wave, vms: status.vms, notReady: notReady.vms, rules, isProposed, plan },
    forecast: forecast({ desired: cutOver, observed, traits, subjects }, unreachable),
    ...(byHand !== undefined && { backByHand: byHand }),
  });
  const place = [service.title, target.region, ...(account.account === undefined ? [] : [account.account])];
  return {
    ...{ project: desired.project, wave: name, target: wave.target, place: place.join(', ') },
    ...{ phase: wave.phase ?? 'replicate', at: account.at, unreachable },
    ...(wave.owner !== undefined && { owner: wave.owner }),
    ...(commit !== undefined && { commit }),
    ...found,
  };
}

/** Returns the desired state as if git had the wave in the phase cutover, unless it is further. */
function withCutover(desired: Desired, name: string): Desired {
  const waves = desired.waves.map((wave) => {
    const { phase = 'replicate' } = wave;
    return wave.name === name && isEarlierPhase(phase, 'cutover')
      ? { ...wave, phase: 'cutover' as const }
      : wave;
  });
  return { ...desired, waves };
}
