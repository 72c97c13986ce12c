import type { Concern } from '../core/concern.ts';
import { type Check, type Desired, type DesiredWave, isEarlierPhase, type Phase } from '../core/desired.ts';
import { cutOverAt, hasReached } from '../core/journey.ts';
import { incrementCount } from '../core/lists.ts';
import { joinFirst, quoteShellWord } from '../core/text.ts';
import { shortName } from '../core/names.ts';
import type { Plan } from '../core/plan.ts';
import type { PhaseRules } from '../core/provider.ts';
import type { Forecast, PhaseForecast, WaveForecast } from '../core/results/forecast.ts';
import type { Runbook, RunbookItem, RunbookSection } from '../core/results/runbook.ts';
import type { VmStatus } from '../core/status.ts';
import { formatDuration, type Instant } from '../core/time.ts';
import { displayInZone } from '../schedule/zones.ts';

const HOUR = 3_600_000;
/** VMs, reasons and concerns that a section lists at most. */
const MOST_LISTED = 30;

/** What a runbook is made of. */
export interface RunbookInput {
  /** As git has it. */
  readonly desired: Desired;
  readonly wave: DesiredWave;
  /** All VMs of the project. */
  readonly vms: readonly VmStatus[];
  /** Those of the wave that are not ready for the cut-over, with the reasons. */
  readonly notReady: readonly VmStatus[];
  /** Plan and forecast as if git said `phase: cutover`. */
  readonly plan: Plan;
  readonly forecast: Forecast;
  readonly rules: PhaseRules;
  /** Phase or time of the cut-over are those of a change that is under review. */
  readonly isProposed: boolean;
  /** Why policies refuse the cut-over at a time. */
  readonly refusalsAt: (at: Instant) => readonly string[];
  /** How a cut-over is taken back on a service that has no command for it; absent: `landfall rollback` does it. */
  readonly backByHand?: string;
}

/** What all sections need. */
interface Night extends RunbookInput {
  /** The VMs of the wave. */
  readonly own: readonly VmStatus[];
  readonly name: string;
  /** The name of the wave as a word of a shell. */
  readonly word: string;
  readonly time: (at: Instant) => string;
  readonly window: WaveForecast['window'];
  /** When the first cut-over begins, and how long all take: the median and what nine of ten runs take at most. */
  readonly duration?: { readonly begins: Instant; readonly median: number; readonly bound: number };
  readonly finalizeAt: Instant | undefined;
}

/** Writes down the night of the cut-over of a wave. Pure: the same input gives the same runbook. */
export function runbookOf(input: RunbookInput): Pick<Runbook, 'sections' | 'vms'> {
  const { wave, vms, forecast } = input;
  const { name, cutover: { timeZone = 'UTC' } = {} } = wave;
  const time = (at: Instant): string => displayInZone(at, timeZone);
  const own = vms.filter((vm) => vm.wave === name && vm.vm !== undefined);
  const { window, phases: expected = [] } = forecast.waves.find((one) => one.wave === name) ?? {};
  const cutover = expected.find(({ phase }) => phase === 'cutover');
  const duration = cutover && durationOf(cutover);
  const night: Night = {
    ...{ ...input, own, name, word: quoteShellWord(name), time, window },
    finalizeAt: finalizeTime(wave, own, cutover?.end.median),
    ...(duration !== undefined && { duration }),
  };
  const sections: readonly RunbookSection[] = [
    { part: 'before', title: 'Before', items: before(night) },
    { part: 'steps', title: 'Steps', items: steps(night) },
    { part: 'verify', title: 'How to see that it worked', items: verify(night) },
    { part: 'stop', title: 'When to stop', items: stop(night) },
    { part: 'back', title: 'How to go back', items: back(night) },
    { part: 'after', title: 'After', items: after(night) },
  ];
  const phases = new Map(forecast.vms.map((vm) => [vm.address, vm.phases]));
  return {
    sections,
    vms: own.map((vm) => {
      const { start, end } = phases.get(vm.address)?.find(({ phase }) => phase === 'cutover') ?? {};
      return {
        ...{ address: vm.address, wave: name, stage: vm.stage },
        ...(vm.label !== undefined && { label: vm.label }),
        ...(start?.median !== undefined && { begins: time(start.median) }),
        ...(end?.median !== undefined && { reached: time(end.median) }),
      };
    }),
  };
}

function durationOf({ start, end: { median, bound } }: PhaseForecast): Night['duration'] {
  const begins = start.median;
  if (begins === undefined || median === undefined) return undefined;
  return { begins, median: median - begins, bound: (bound ?? median) - begins };
}

function before(night: Night): readonly RunbookItem[] {
  const { desired, wave, word, own, vms, notReady, plan, window, time, isProposed } = night;
  const { phase = 'replicate', owner, dependsOn = [] } = wave;
  const concerns = plan.concerns.filter((one) => one.severity === 'critical' && isOfWave(one, night));
  const dependencies = dependsOn.map(({ wave: other, phase: needed }) => {
    const members = vms.filter((vm) => vm.wave === other && vm.vm !== undefined);
    const reached = members.filter((vm) => hasReached(vm, needed)).length;
    const person = desired.waves.find((one) => one.name === other)?.owner;
    const whom = person === undefined ? '' : ` (owner ${person})`;
    const text = `Wave ${other}${whom} has reached ${needed}: ${reached} of ${countVms(members.length)}`;
    return { text, done: reached === members.length };
  });
  const ready = own.length - notReady.length;
  const met = window && { yes: 'in time', likely: 'in time in most runs', no: 'too late' }[window.met];
  return [
    owner === undefined
      ? { text: 'Somebody who decides is named: the wave has no `owner` in git' }
      : { text: `The owner of the wave, ${owner}, can be reached and decides` },
    ...dependencies,
    {
      text: `The change to \`phase: cutover\` is approved and merged; ${isProposed ? 'this change' : 'git'} has \`phase: ${phase}\``,
      done: !isProposed && !isEarlierPhase(phase, 'cutover'),
    },
    ...(wave.suspend === true ? [{ text: '`suspend: true` is removed from the wave', done: false }] : []),
    window === undefined
      ? { text: 'The time is agreed: neither `cutover.at` nor a window says when the cut-over may begin' }
      : {
          text: `The cut-over may begin at \`${time(window.opensAt)}\`${window.closesAt === undefined ? '' : ` and until \`${time(window.closesAt)}\``}${window.name === undefined ? '' : ` (window ${window.name})`}; by the forecast the VMs are ready ${met ?? ''}`,
        },
    ...listed(night.refusalsAt(night.duration?.begins ?? window?.opensAt ?? plan.at), (text) => text),
    {
      text: 'Users and the teams of monitoring and backup know of the downtime; nobody moves or changes the VMs',
    },
    {
      text: `${ready} of ${countVms(own.length)} ${own.length === 1 ? 'is' : 'are'} ready for the cut-over`,
      command: `landfall status ${word} --not-ready cutover`,
      done: notReady.length === 0,
    },
    ...listed(notReady, (vm) => `${shortName(vm)} is not ready: ${(vm.notReady ?? []).join('; ')}`),
    ...listed(
      concerns,
      ({ message, remedy }) => `${message}${remedy === undefined ? '' : `. Fix: ${remedy}`}`,
    ),
  ];
}

function steps({ word, own, rules, plan, name, duration, time }: Night): readonly RunbookItem[] {
  const counts = new Map<string, number>();
  for (const { wave, step, remaining = [] } of plan.changes) {
    const all = [...(step === undefined ? [] : [step]), ...remaining];
    if (wave === name && all.length > 0)
      incrementCount(counts, all.map((each) => stepText(each, rules)).join(', then '));
  }
  const expected =
    duration === undefined
      ? 'The forecast knows no duration'
      : `Expected: ${formatDuration(duration.median)} from \`${time(duration.begins)}\` on, in nine of ten cases at most ${formatDuration(duration.bound)}`;
  const timeout = Math.max(2, Math.ceil((1.5 * (duration?.bound ?? 8 * HOUR)) / HOUR));
  const done = own.length > 0 && own.every((vm) => hasReached(vm, 'cutover'));
  return [
    { text: 'Stop the applications on the source VMs: what they write from now on is not migrated' },
    { text: 'Plan, and save the plan', command: `landfall plan --wave ${word} --out ${word}.plan` },
    ...[...counts].map(([text, many]) => ({ text: `The plan shows for ${countVms(many)}: ${text}` })),
    {
      text: `Apply it, and follow each VM to its phase. ${expected}`,
      command: `landfall apply ${word}.plan --follow --timeout ${timeout}h`,
      done,
    },
    { text: 'Watch on a second screen', command: `landfall status ${word} --watch` },
  ];
}

function verify({ word, own }: Night): readonly RunbookItem[] {
  const reached = own.filter((vm) => hasReached(vm, 'cutover')).length;
  const checks = new Set(own.flatMap(({ vm }) => (vm?.advance?.checks ?? []).map(checkText)));
  return [
    {
      text: `${reached} of ${countVms(own.length)} are cut over`,
      command: `landfall status ${word}`,
      done: own.length > 0 && reached === own.length,
    },
    {
      text: 'Each VM has an AMI or an instance of its cut-over: start the AMIs, and see that all boot',
      command: `landfall output --wave ${word}`,
    },
    ...[...checks].slice(0, MOST_LISTED).map((text) => ({ text })),
    { text: 'Direct clients, DNS and load balancers to the new machines' },
    { text: 'The owner has tested the application and says that it works' },
  ];
}

function stop({ word, window, duration, time, own }: Night): readonly RunbookItem[] {
  const closesAt = window?.closesAt;
  const attempts = own.flatMap(({ vm }) => vm?.advance?.maxLaunchAttempts ?? []);
  const failed = attempts.length === 0 ? '' : `, or its launch has failed ${Math.min(...attempts)} times`;
  return [
    ...(closesAt === undefined || duration === undefined
      ? []
      : [
          {
            text: `It is \`${time(closesAt - duration.bound)}\` and the apply has not begun: it may not end in time`,
          },
        ]),
    ...(closesAt === undefined
      ? []
      : [{ text: `It is \`${time(closesAt)}\`: no step begins from then on. Take back what is half done` }]),
    {
      text: 'A command ends with exit code 3 (refused), 4 (the plan is stale) or 5 (locked): read what it says, and do not add `--force`',
    },
    { text: `A VM needs a person${failed}`, command: `landfall status ${word} --problems` },
    { text: 'The owner says that the application does not work and cannot be fixed in the time left' },
  ];
}

function back({ word, backByHand, own, time, finalizeAt }: Night): readonly RunbookItem[] {
  const ends = own.flatMap(({ deadlines }) => deadlines.filter(({ kind }) => kind === 'lifetime'));
  const end = Math.min(...ends.map(({ at }) => at));
  const until = finalizeAt === undefined ? '' : `, so at least until \`${time(finalizeAt)}\``;
  const commands: readonly RunbookItem[] =
    backByHand === undefined
      ? [
          {
            text: 'Take the cut-overs back; `--keep-instances` keeps the instances. What was written to a terminated instance is lost',
            command: `landfall rollback ${word}`,
          },
          { text: 'Set `phase: ready` in git and merge it, so that no apply launches the cut-over again' },
        ]
      : [{ text: `Take it back: ${backByHand}`, command: `landfall apply --wave ${word}` }];
  return [
    { text: `A cut-over can be taken back until it is finalized${until}` },
    ...commands,
    { text: 'Start the source VMs and their applications again, and direct clients to them' },
    ...(ends.length === 0
      ? []
      : [{ text: `The next attempt ends before \`${time(end)}\`, when the service ends a replication` }]),
  ];
}

function after({ word, rules, own, time, finalizeAt }: Night): readonly RunbookItem[] {
  const from = finalizeAt === undefined ? 'Once nobody wants to go back' : `From \`${time(finalizeAt)}\` on`;
  const names = joinFirst(own.map(shortName), MOST_LISTED);
  return [
    {
      text: `Leave the source VMs switched off, and do not delete them before the wave is finalized: ${names}`,
    },
    {
      text: `${from}: set \`phase: finalize\` in git, merge it and apply: ${stepsOf('finalize', rules)}. This cannot be undone`,
      command: `landfall apply --wave ${word} --confirm-finalize ${word}`,
      done: own.length > 0 && own.every((vm) => hasReached(vm, 'finalize')),
    },
    ...(rules.phases.includes('archive')
      ? [{ text: `Set \`phase: archive\` and apply: ${stepsOf('archive', rules)}` }]
      : []),
    { text: 'Switch off what served the source VMs only: backups, monitoring, agents and licences' },
    { text: 'Delete the source VMs once the time for keeping them is over' },
  ];
}

/** The earliest time at which all VMs of the wave may be finalized: from the cut-over that the account or the forecast shows. */
function finalizeTime(
  { cutover }: DesiredWave,
  own: readonly VmStatus[],
  end: Instant | undefined,
): Instant | undefined {
  if (cutover?.finalizeAfter === undefined) return undefined;
  const planned = end ?? cutover.at;
  const times = own.flatMap((vm) => (vm.stage === 'cut-over' ? cutOverAt(vm) : undefined) ?? planned ?? []);
  return times.length === 0 ? undefined : Math.max(...times) + cutover.finalizeAfter;
}

function isOfWave({ address }: Concern, { own }: Night): boolean {
  return address !== undefined && own.some((vm) => vm.address === address);
}

function listed<T>(items: readonly T[], textOf: (item: T) => string): readonly RunbookItem[] {
  const more = items.length - MOST_LISTED;
  return [
    ...items.slice(0, MOST_LISTED).map((item) => ({ text: textOf(item), done: false })),
    ...(more > 0 ? [{ text: `${more} more of this kind are fixed`, done: false }] : []),
  ];
}

/** A step by the API's own word, and in words: `StartCutover` (launch the cut-over instance). */
function stepText(step: string, { stepTexts }: PhaseRules): string {
  const words = stepTexts[step];
  return words === undefined ? `\`${step}\`` : `\`${step}\` (${words})`;
}

/** The steps of a service that begin a phase. */
function stepsOf(phase: Phase, rules: PhaseRules): string {
  const steps = Object.entries(rules.stepPhases).flatMap(([step, of]) =>
    typeof of === 'object' && 'begins' in of && of.begins === phase ? [stepText(step, rules)] : [],
  );
  return steps.join(', ');
}

function checkText(check: Check): string {
  return check.kind === 'http'
    ? `\`${check.url}\` answers with ${check.status}`
    : `Port ${check.port} of \`${check.host ?? 'the instance'}\` accepts connections`;
}

const countVms = (many: number): string => (many === 1 ? '1 VM' : `${many} VMs`);
