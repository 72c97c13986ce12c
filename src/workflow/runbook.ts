import { dirname } from 'node:path';
import { type Desired, isEarlierPhase } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { scopeOf } from '../core/observed.ts';
import type { Runbook } from '../core/results/runbook.ts';
import { didYouMean } from '../core/suggest.ts';
import { forecast } from '../forecast/index.ts';
import { runbookOf } from '../forecast/runbook.ts';
import { planProject } from '../plan/index.ts';
import { filterStatus } from '../plan/status-filter.ts';
import { serviceOf } from '../providers/registry.ts';
import { currentCommit } from './git/current-commit.ts';
import { type InvalidManifests, readValidManifests } from './manifests.ts';
import { openVms, statusOf } from './runs/vm-selection.ts';
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
  const { desired, projectFile } = manifests;
  const wave = desired.waves.find((one) => one.name === name);
  if (wave === undefined) {
    throw new LandfallError('WAVE_UNKNOWN', `no wave has the name ${JSON.stringify(name)}`, {
      remedy: didYouMean(
        name,
        desired.waves.map((one) => one.name),
        '`landfall status` lists all waves',
      ),
    });
  }
  const cutOver = withCutover(desired, name);
  await using opened = await openVms(workspace, manifests, {}, [], { scope: scopeOf(cutOver) });
  const { observed, unreachable, traits, subjects, concerns, makeGates } = opened;
  const target = findTarget(desired.targets, wave.target);
  const status = statusOf(opened);
  const gates = makeGates === undefined ? {} : { makeGates };
  const rules = traits.get(wave.target)?.phases;
  const account = observed.get(wave.target);
  if (rules === undefined || account === undefined) {
    const why = unreachable.find((one) => one.target === wave.target)?.message;
    throw new LandfallError('ENDPOINT_UNREACHABLE', why ?? `target ${wave.target} could not be read`);
  }
  const service = serviceOf(target.provider);
  const ofWave = { ...status, vms: status.vms.filter((vm) => vm.wave === name) };
  const notReady = filterStatus(ofWave, { notReady: 'cutover' }, { observed, traits });
  const byHand = service.unsupportedCommands.rollback?.remedy;
  const commit = await currentCommit(workspace, dirname(projectFile));
  const found = runbookOf({
    ...{ desired, wave, vms: status.vms, notReady: notReady.vms, rules },
    plan: planProject({ desired: cutOver, concerns, observed, unreachable, traits, ...gates }),
    forecast: forecast({ desired: cutOver, observed, traits, subjects }, unreachable),
    ...(byHand !== undefined && { backByHand: byHand }),
  });
  const place = [service.title, target.region, ...(account.account === undefined ? [] : [account.account])];
  return {
    kind: 'runbook',
    runbook: {
      ...{ project: desired.project, wave: name, target: wave.target, place: place.join(', ') },
      ...{ phase: wave.phase ?? 'replicate', at: account.at, unreachable },
      ...(wave.owner !== undefined && { owner: wave.owner }),
      ...(commit !== undefined && { commit }),
      ...found,
    },
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
