import {
  type DesiredVm,
  type DesiredWave,
  isEarlierPhase,
  type Phase,
  phaseOfWave,
} from '../../core/desired.ts';
import { hasReached, type VmStage } from '../../core/journey.ts';
import { addToGroup } from '../../core/lists.ts';
import { shortName } from '../../core/names.ts';
import { type Observed, phasesOf } from '../../core/observed.ts';
import { overlappingTargets } from '../../journey/account.ts';
import { matchTarget, subjectOf } from '../../journey/resolve.ts';
import type { PlanInput } from '../input.ts';

/** Which VMs have not reached a phase, in words that follow a count. */
const NOT_REACHED: Readonly<Record<Phase, string>> = {
  replicate: 'not replicating',
  test: 'not under test',
  ready: 'not ready for cut-over',
  cutover: 'not cut over',
  finalize: 'not finalized',
  archive: 'not archived',
};

/** What a change does to a phase. */
export interface Effect {
  readonly kind: 'begins' | 'finishes' | 'back';
  readonly phase: Phase;
}

type Input = Pick<PlanInput, 'desired' | 'observed' | 'traits' | 'unreachable'>;

/** What waves and VMs wait for. */
interface Dependencies {
  /** Says what a step of a VM waits for: `waits for databases: 3 of 12 not cut over`; undefined: nothing. */
  waitReason(wave: DesiredWave, vm: DesiredVm, effect: Effect): string | undefined;
}

/** Finds where the VMs are that others wait for, on all targets that were read. Reads nothing if nothing depends. */
export function dependenciesOf(input: Input): Dependencies {
  const { desired } = input;
  const waves = new Map(desired.waves.map((wave) => [wave.name, wave]));
  const phases = phasesOf(desired);
  const members = new Map<string, DesiredVm[]>();
  for (const vm of desired.vms) addToGroup(members, vm.wave, vm);
  const stages = stagesOf(input, neededVms(input));
  const isThere = (vm: DesiredVm, phase: Phase): boolean => {
    const stage = stages.get(vm.address);
    return stage !== undefined && hasReached(stage, phase, phaseOfWave(phases, vm.wave).phase);
  };

  const reasons = new Map<string, string | undefined>();
  const reasonOf = (name: string, phase: Phase): string | undefined => {
    const wave = waves.get(name);
    if (wave === undefined) return `waits for ${name}: its file was left out, so where it is cannot be known`;
    if (!input.observed.has(wave.target)) return `waits for ${name}: ${unreadText(input, wave.target)}`;
    const vms = members.get(name) ?? [];
    const missing = vms.filter((vm) => !isThere(vm, phase)).length;
    // Its VMs do not get there, or may be taken back by the same run.
    const isShort = wave.phase !== undefined && isEarlierPhase(wave.phase, phase);
    const reasons = [
      ...(missing > 0 ? [`${missing} of ${vms.length} ${NOT_REACHED[phase]}`] : []),
      ...(isShort ? [`its phase is ${wave.phase}, before ${phase}`] : []),
    ];
    return reasons.length === 0 ? undefined : `waits for ${name}: ${reasons.join(', ')}`;
  };
  const reasonOfWave = (name: string, phase: Phase): string | undefined => {
    const key = JSON.stringify([name, phase]);
    if (!reasons.has(key)) reasons.set(key, reasonOf(name, phase));
    return reasons.get(key);
  };

  return {
    waitReason({ dependsOn = [] }, { wave, after = [] }, { kind, phase }) {
      if (kind !== 'begins') return undefined;
      const held = dependsOn.filter((each) => !isEarlierPhase(phase, each.phase));
      for (const each of held) {
        const reason = reasonOfWave(each.wave, each.phase);
        if (reason !== undefined) return reason;
      }
      if (phase === 'replicate' || after.length === 0) return undefined;
      const vms = (members.get(wave) ?? []).filter(({ address }) => after.includes(address));
      const missing = vms.filter((vm) => !isThere(vm, phase));
      const names = missing.map((vm) => shortName(vm)).join(', ');
      return missing.length === 0 ? undefined : `waits for ${names}: ${NOT_REACHED[phase]}`;
    },
  };
}

function unreadText({ unreachable = [] }: Input, target: string): string {
  const isUnread = unreachable.some((concern) => concern.target === target);
  const why = isUnread ? 'could not be read' : 'is not in this run';
  return `target ${target} ${why}, so where it is cannot be known`;
}

/** The VMs that a wave or another VM waits for, by target. */
function neededVms({ desired }: Input): ReadonlyMap<string, readonly DesiredVm[]> {
  const waves = new Set(desired.waves.flatMap(({ dependsOn = [] }) => dependsOn.map(({ wave }) => wave)));
  const addresses = new Set(desired.vms.flatMap(({ after = [] }) => after));
  const needed = new Map<string, DesiredVm[]>();
  for (const vm of desired.vms)
    if (waves.has(vm.wave) || addresses.has(vm.address)) addToGroup(needed, vm.target, vm);
  return needed;
}

/** The stages of VMs whose servers are certain, by address. */
function stagesOf(
  input: Input,
  needed: ReadonlyMap<string, readonly DesiredVm[]>,
): ReadonlyMap<string, VmStage> {
  const stages = new Map<string, VmStage>();
  for (const target of input.desired.targets) {
    const observed = input.observed.get(target.name);
    const vms = needed.get(target.name);
    if (observed !== undefined && vms !== undefined)
      for (const [address, stage] of stagesOfTarget(input, target, observed, new Set(vms)))
        stages.set(address, stage);
  }
  return stages;
}

function stagesOfTarget(
  { desired, observed: all, traits }: Input,
  target: Input['desired']['targets'][number],
  observed: Observed,
  needed: ReadonlySet<DesiredVm>,
): readonly (readonly [string, VmStage])[] {
  const { project } = desired;
  const addresses = new Set<string>([...needed].map(({ address }) => address));
  const vms = desired.vms.filter((vm) => vm.target === target.name);
  const matched = matchTarget(vms, overlappingTargets(target, desired, all), observed);
  const ofService = traits.get(target.name);
  return [...matched.resolved.found].flatMap(([vm, server]) => {
    if (ofService === undefined || !addresses.has(vm.address)) return [];
    const { job, past } = subjectOf(project, matched, server, vm);
    const stage = ofService.stageOf({ project, server, ...(job !== undefined && { job }), past, observed });
    return [[vm.address, stage] as const];
  });
}
