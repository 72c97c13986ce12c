import type { DesiredVm, DesiredWave, Phase } from '../../core/desired.ts';
import { cutOverAt, type VmStage } from '../../core/journey.ts';
import { DAY } from '../../core/limits.ts';
import {
  type AdvanceChange,
  type Change,
  type CreateChange,
  type DeferredJob,
  isExecutable,
  type ReplaceChange,
  type WindowOverride,
} from '../../core/plan.ts';
import type { PhaseRules } from '../../core/provider.ts';
import type { Instant } from '../../core/time.ts';
import type { VmJourney } from '../../journey/journey.ts';
import { Openings, windowsFor } from '../../schedule/opening.ts';
import type { openWindows, OpenWindow } from '../../schedule/windows.ts';
import type { GateDecision, Gates, MakeGates } from '../input.ts';
import { deferJob, deferStep, holdOf } from '../steps.ts';
import { staggerStarts, startSetting } from './stagger.ts';
import { dependenciesOf, type Effect } from './dependencies.ts';

/** The calendar, which is loaded for projects that need it only. */
export interface Calendar {
  readonly openWindows: typeof openWindows;
  /** Writes an instant as the clocks of a time zone show it. */
  readonly display: (at: Instant, timeZone: string) => string;
}

/** The times of a plan. */
interface ScheduleTimes extends Pick<Calendar, 'display'> {
  readonly windows: readonly OpenWindow[];
  readonly openings: Openings;
}

/** How far ahead windows are computed, and the next opening after it. */
const HORIZON = 40 * DAY;

/** Whether a change may start now: until when, or why not and from when on. */
type Gate =
  | { readonly isOpen: true; readonly closesAt?: Instant }
  | ({ readonly isOpen: false; readonly reason: string } & Required<Pick<DeferredJob, 'heldBy'>> &
      Pick<DeferredJob, 'opensAt'>);

/** A change that may have to wait: it starts a replication, or takes a step. */
type GatedChange = CreateChange | ReplaceChange | AdvanceChange;

interface GateContext {
  readonly vm: DesiredVm;
  readonly wave: DesiredWave;
  readonly stage: VmStage;
  readonly effect: Effect;
  readonly now: Instant;
}

const OPEN: Gate = { isOpen: true };

/**
 * Makes the gates of a plan: what a project says of windows, dependencies and times, with what was observed.
 * A change that must not start yet is deferred with the reason; what a window allows now carries the moment at which it
 * shuts.
 * @param overrides windows that do not hold
 */
export function gatesOf(
  input: Parameters<MakeGates>[0],
  { openWindows: open, display }: Calendar,
  overrides: readonly WindowOverride[] = [],
): Gates {
  const moments = [...input.observed.values()].map(({ at }) => at);
  const lifted = new Set(overrides.map(({ window }) => window));
  const holding = (input.desired.windows ?? []).filter(({ name }) => !lifted.has(name));
  const windows = open(holding, Math.min(...moments), Math.max(...moments) + HORIZON);
  const times: ScheduleTimes = { windows, display, openings: new Openings() };
  const waves = new Map(input.desired.waves.map((wave) => [wave.name, wave]));
  const dependencies = dependenciesOf(input);
  const gates: Gates = {
    overrides,
    stagger: (target, changes, when, vms) =>
      staggerStarts(
        target,
        {
          ...{ waves, display },
          shutAt(change, at) {
            const found = vms.get(change.address);
            if (found === undefined) return undefined;
            const decided = gates.gate(change, found.vm, found.journey, at).change;
            return decided.action === 'defer' && decided.step === undefined
              ? deferJob(change, decided.reason, holdOf(decided))
              : undefined;
          },
        },
        changes,
        when,
      ),
    gate(change, vm, journey, at) {
      const wave = waves.get(vm.wave);
      const traits = input.traits.get(vm.target);
      if (wave === undefined || traits === undefined || !isGated(change)) return { change };
      const rules = traits.phases;
      const now = Math.max(at, ownStart(change, startSetting(traits)));
      const found = effectsOf(change, journey, rules).map((effect) => {
        const context: GateContext = { vm, wave, stage: journey, effect, now };
        return firstShut([
          () => suspension(context),
          () => gateOf('dependency', dependencies.waitReason(wave, vm, effect)),
          () => windowGate(context, times),
          () => finalizeGate(context, times),
        ]);
      });
      return withGate(change, firstShut(found.map((gate) => () => gate)));
    },
  };
  return gates;
}

/** The time at which a new job starts by its own settings: windows must allow that time. */
function ownStart({ action, settings }: GatedChange, setting = ''): Instant {
  const start = action === 'advance' ? Number.NaN : Date.parse(String(settings[setting]));
  return Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
}

function isGated(change: Change): change is GatedChange {
  return isExecutable(change) && change.action !== 'update' && change.action !== 'delete';
}

/** What a change begins, finishes or takes back: a VM that replicates once may begin two phases. */
function effectsOf(change: GatedChange, journey: VmJourney, rules: PhaseRules): readonly Effect[] {
  if (change.action !== 'advance') {
    const { decision } = journey;
    const further = decision?.kind === 'create' ? decision.begins : undefined;
    const phases: readonly Phase[] = ['replicate', ...(further === undefined ? [] : [further])];
    return phases.map((phase) => ({ kind: 'begins', phase }));
  }
  const of = rules.stepPhases[change.step];
  if (change.destroys === 'revert' || of === 'back' || of === undefined)
    return [{ kind: 'back', phase: begunPhase(journey) }];
  if ('begins' in of) return [{ kind: 'begins', phase: of.begins }];
  // The instance of a cut-over that was taken back may be in production: it ends when its successor may start.
  if (change.destroys === 'rollback') return [{ kind: 'begins', phase: 'cutover' }];
  return [{ kind: 'finishes', phase: of.finishes }];
}

/** The phase that a step back takes back. */
function begunPhase({ stage }: VmStage): Phase {
  if (stage === 'testing') return 'test';
  return stage === 'cutting-over' || stage === 'cut-over' ? 'cutover' : 'ready';
}

/** The first of some gates that is shut, or that the change may start and until when. */
function firstShut(gates: readonly (() => Gate)[]): Gate {
  const closings: Instant[] = [];
  for (const gate of gates) {
    const found = gate();
    if (!found.isOpen) return found;
    if (found.closesAt !== undefined) closings.push(found.closesAt);
  }
  return closings.length === 0 ? OPEN : { isOpen: true, closesAt: Math.min(...closings) };
}

function gateOf(heldBy: 'dependency' | 'suspension', reason: string | undefined): Gate {
  return reason === undefined ? OPEN : { isOpen: false, reason, heldBy };
}

function suspension({ wave }: GateContext): Gate {
  return gateOf('suspension', wave.suspend === true ? `wave ${wave.name} is suspended` : undefined);
}

/** Whether the windows, and the wave's own time of the cut-over, allow a step. */
function windowGate({ wave, effect, now }: GateContext, { windows, openings, display }: ScheduleTimes): Gate {
  const { kind, phase } = effect;
  const about = windowsFor(windows, wave.name, phase);
  const cutover = kind === 'begins' && phase === 'cutover' ? wave.cutover : undefined;
  const holding = kind === 'begins' ? about : about.filter(({ strict }) => strict);
  const rules = { windows: holding, ...(cutover !== undefined && { cutover }) };
  const opening = openings.at(rules, now);
  if (opening.isOpen) return opening;
  const { opensAt, shutBy } = opening;
  const shut = { isOpen: false, heldBy: 'time', ...(opensAt !== undefined && { opensAt }) } as const;
  if (cutover?.until !== undefined && now >= cutover.until) {
    const end = display(cutover.until, cutover.timeZone);
    return { ...shut, reason: `the time of its cut-over ended ${end}: set a later cutover.at` };
  }
  if (cutover?.at !== undefined && (shutBy === undefined || opensAt === cutover.at))
    return { ...shut, reason: `its cut-over begins ${display(cutover.at, cutover.timeZone)}` };
  return { ...shut, reason: windowText(shutBy, opensAt, display) };
}

/**
 * Says which window is shut, and when a step may be taken: `window weekends opens 2026-12-05 22:00 PST`. Without the time
 * until then: the same plan has the same text a minute later.
 */
function windowText(
  window: OpenWindow | undefined,
  opensAt: Instant | undefined,
  display: ScheduleTimes['display'],
): string {
  const { name = '', kind, timeZone = 'UTC', reason } = window ?? {};
  const why = reason === undefined ? '' : ` (${reason})`;
  const when = opensAt === undefined ? undefined : display(opensAt, timeZone);
  if (kind === 'deny')
    return `window ${name}${why} is in the way until ${when ?? 'a time that is not known'}`;
  return when === undefined
    ? `window ${name}${why} is shut, and no opening is known`
    : `window ${name}${why} opens ${when}`;
}

/** Whether a VM has been cut over for long enough to be finalized. */
function finalizeGate({ wave, effect, stage, now }: GateContext, { display }: ScheduleTimes): Gate {
  const { finalizeAfter, at, timeZone = 'UTC' } = wave.cutover ?? {};
  if (finalizeAfter === undefined || effect.kind !== 'begins' || effect.phase !== 'finalize') return OPEN;
  const cutOver = cutOverAt(stage) ?? at;
  const shut = { isOpen: false, heldBy: 'time' } as const;
  if (cutOver === undefined)
    return { ...shut, reason: 'when it was cut over is not known: remove cutover.finalizeAfter' };
  const opensAt = cutOver + finalizeAfter;
  if (now >= opensAt) return OPEN;
  return { ...shut, reason: `may be finalized ${display(opensAt, timeZone)}`, opensAt };
}

/** Defers a change whose gate is shut, or says when it will shut. */
function withGate(change: GatedChange, gate: Gate): GateDecision {
  if (gate.isOpen) return { change, ...(gate.closesAt !== undefined && { closesAt: gate.closesAt }) };
  const { reason, heldBy, opensAt } = gate;
  const hold = { heldBy, ...(opensAt !== undefined && { opensAt }) };
  return {
    change: change.action === 'advance' ? deferStep(change, reason, hold) : deferJob(change, reason, hold),
  };
}
