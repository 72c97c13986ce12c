import type { Colors } from 'picocolors/types.js';
import type {
  ApplyOutcome,
  ChangeResult,
  FollowedVm,
  FollowOutcome,
  FollowRound,
} from '../../core/apply-result.ts';
import { STAGES } from '../../core/journey.ts';
import { groupBy } from '../../core/lists.ts';
import type { ExecutableChange, Plan } from '../../core/plan.ts';
import { joinFirst } from '../../core/text.ts';
import { displayInstant, formatDuration, formatInstant, type Instant } from '../../core/time.ts';
import type { ScreenOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { cutText, wrapLine } from '../text/fit.ts';
import { alignRows } from '../text/table.ts';
import { nameWithWave, pluralize } from '../text/words.ts';
import type { ApplyEvent } from './events.ts';
import { countFollowed, doneText, followedVmJson, renderResults } from './outcome.ts';
import { ONGOING_VERBS, stepSuffix } from './results.ts';

/** What a screen shows of an apply that follows its VMs. */
export interface FollowBoard {
  readonly round: FollowRound;
  /** The machine's time. */
  readonly now: Instant;
  /** The changes in flight, and when each was started. */
  readonly running: ReadonlyMap<ExecutableChange, Instant>;
}

/** The words that say what comes before a reason. */
const STATE_WORDS = { moving: 'moves', waiting: 'waiting', arrived: 'arrived', stuck: 'stuck' } as const;

/** Lists the VMs that have come to another state since the round before; progress in per cent alone is none. */
export function changedVms(before: FollowRound | undefined, { vms }: FollowRound): readonly FollowedVm[] {
  const keyOf = ({ target, address, state, reason }: FollowedVm): string =>
    JSON.stringify([target, address, state, reason.replaceAll(/\d+/g, '0')]);
  const known = new Set(before?.vms.map(keyOf));
  return vms.filter((vm) => vm.state !== 'moving' && !known.has(keyOf(vm)));
}

/** The state of a VM in one line, without a newline: `sdsc-01/web: stuck: …; then …`. */
export function renderFollowLine(vm: FollowedVm, colors: Colors): string {
  const { state, reason, next } = vm;
  const words = escapeTerminal([reason, ...(next === undefined ? [] : [next])].join('; '));
  // Most reasons of a wait begin with "waits for".
  const label = state === 'waiting' ? '' : `${styleOf(state, colors)(STATE_WORDS[state])}: `;
  return `${nameWithWave(vm)}: ${label}${words}`;
}

function styleOf(state: FollowedVm['state'], colors: Colors): (text: string) => string {
  return { moving: colors.cyan, waiting: colors.dim, arrived: colors.green, stuck: colors.red }[state];
}

/** The line of a round for programs. */
export function roundEvent({ round, at, changes, vms }: FollowRound): ApplyEvent {
  const counts = countFollowed(vms);
  return {
    '@level': 'info',
    '@message': `Round ${round}: ${pluralize(changes.length, 'change')} now, ${countsText(vms)}`,
    type: 'round',
    round: { number: round, at: formatInstant(at), changes: changes.length, ...counts },
  };
}

/** The line of a VM that has arrived, waits or is stuck, for programs. */
export function followEvent(vm: FollowedVm): ApplyEvent {
  const { address, state, reason } = vm;
  return {
    '@level': state === 'stuck' ? 'warn' : 'info',
    '@message': `${address}: ${STATE_WORDS[state]}: ${reason}`,
    type: state,
    vm: followedVmJson(vm),
  };
}

/** `8 of 12 VMs arrived, 3 waiting, 1 stuck`. */
function countsText(vms: readonly FollowedVm[]): string {
  const { arrived, waiting, stuck } = countFollowed(vms);
  return [
    `${arrived} of ${pluralize(vms.length, 'VM')} arrived`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(stuck > 0 ? [`${stuck} stuck`] : []),
  ].join(', ');
}

/**
 * The state of the whole run for a screen that is drawn again and again: problems first, then the stages of each wave, what
 * runs now, and what is waited for. Each line ends in a newline and fits the screen.
 */
export function renderFollowBoard(
  { round, now, running }: FollowBoard,
  { colors, columns = 80, rows }: ScreenOptions & { readonly rows: number },
): string {
  const { vms, startedAt } = round;
  const width = columns - 1;
  const head = `${countsText(vms)}; round ${round.round}, ${formatDuration(now - startedAt)}`;
  const stuck = vms.filter(({ state }) => state === 'stuck');
  const waiting = vms.filter(({ state }) => state === 'waiting');
  const since = (group: readonly FollowedVm[]): string =>
    `since ${formatDuration(now - Math.min(...group.map((vm) => vm.since)))}`;
  const grouped = (all: readonly FollowedVm[], textOf: (vm: FollowedVm) => string): readonly string[] =>
    [...groupBy(all, textOf)].map(([text, group]) =>
      escapeTerminal(`  ${joinFirst(group.map(nameWithWave), 2)}: ${text}, ${since(group)}`),
    );
  const problems = grouped(stuck, ({ reason, next }) => (next === undefined ? reason : `${reason}; ${next}`));
  const opens = vms.flatMap(({ opensAt }) => opensAt ?? []).toSorted((a, b) => a - b)[0];
  const lines = [
    colors.bold(cutText(head, width)),
    ...(stuck.length > 0 ? [colors.red('Stuck')] : []),
    ...problems.flatMap((line) => wrapLine(line, width)),
    ...stageLines(vms, width, colors),
    ...section(
      colors.cyan('Now'),
      [...running].map(
        ([change, start]) =>
          `  ${nameWithWave(change)}: ${ONGOING_VERBS[change.action]}${escapeTerminal(stepSuffix(change))}, since ${formatDuration(now - start)}`,
      ),
      width,
    ),
    ...section(
      'Waiting',
      grouped(waiting, ({ reason }) => reason),
      width,
    ),
    ...(opens === undefined
      ? []
      : [cutText(`Next: ${displayInstant(opens)}, ${inTime(opens, round.at)}`, width)]),
  ];
  const room = Math.max(rows - 1, 1);
  const shown =
    lines.length <= room
      ? lines
      : [
          ...lines.slice(0, room - 1),
          colors.dim(cutText(`and ${lines.length - room + 1} more lines`, width)),
        ];
  return shown.map((line) => `${line}\n`).join('');
}

function inTime(opens: Instant, at: Instant): string {
  return opens <= at ? 'now' : `in ${formatDuration(opens - at)}`;
}

function section(title: string, lines: readonly string[], width: number): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => cutText(line, width))];
}

/** How many VMs of each wave are in each stage, as a table; on a narrow screen as a list. */
function stageLines(vms: readonly FollowedVm[], width: number, colors: Colors): readonly string[] {
  const stages = STAGES.filter((stage) => vms.some((vm) => vm.stage === stage));
  const waves = groupBy(vms, ({ target, wave }) => JSON.stringify([target, wave]));
  const several = new Set(vms.map(({ target }) => target)).size > 1;
  const nameOf = ([vm]: readonly FollowedVm[]): string =>
    escapeTerminal(several ? `${vm?.target ?? ''} ${vm?.wave ?? ''}` : (vm?.wave ?? ''));
  const counts = [...waves.values()].map((group) => ({
    name: nameOf(group),
    counts: stages.map((stage) => group.filter((vm) => vm.stage === stage).length),
  }));
  const titles = stages.map((stage) => stage.replaceAll('-', ' '));
  const [heading = '', ...table] = alignRows([
    ['Wave', ...titles],
    ...counts.map(({ name, counts: numbers }) => [
      name,
      ...numbers.map((number, index) =>
        (number === 0 ? '' : String(number)).padStart(titles[index]?.length ?? 0),
      ),
    ]),
  ]);
  if ([heading, ...table].every((line) => line.length <= width)) return [colors.dim(heading), ...table];
  return counts.map(({ name, counts: numbers }) => {
    const list = numbers.flatMap((number, index) =>
      number === 0 ? [] : [`${number} ${titles[index] ?? ''}`],
    );
    return cutText(`${name}  ${list.join(', ')}`, width);
  });
}

const END_WORDS: Readonly<Record<FollowOutcome['end'], string>> = {
  arrived: 'All VMs have arrived.',
  stuck: 'No VM can continue now.',
  timeout: 'The time is up.',
  interrupted: 'Interrupted.',
  failed: 'Stopped.',
};

/** A run that ended because all VMs are stuck would end at once again. */
const FIX_FIRST =
  'Do what is said above for the VMs that are stuck, then run `landfall apply --follow` again.';

/** Renders what a run has done and where it leaves each VM that has not arrived. Ends in a newline. */
export function renderFollowText(
  plan: Plan,
  outcome: ApplyOutcome,
  { end, rounds, vms, milliseconds }: FollowOutcome,
  options: ScreenOptions,
): string {
  const { colors, columns = Infinity } = options;
  const left = vms.filter(({ state }) => state !== 'arrived');
  const lines = [
    ...groupBy(left, ({ state, reason, next = '' }) => JSON.stringify([state, reason, next])).values(),
  ]
    .toSorted(([a], [b]) => Number(b?.state === 'stuck') - Number(a?.state === 'stuck'))
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { state, reason, next } = first;
      return [
        `${styleOf(state, colors)(STATE_WORDS[state])}: ${escapeTerminal(reason)}`,
        `  ${joinFirst(group.map(nameWithWave))}`,
        ...(next === undefined
          ? []
          : [`  ${colors.cyan('next')}: ${escapeTerminal(next.replace(/^then /, ''))}`]),
      ];
    });
  const again =
    left.length === 0 ? '' : ` ${end === 'stuck' ? FIX_FIRST : 'Run the same command again to continue.'}`;
  const counts = [
    `${colors.bold('Followed:')} ${doneText(outcome)} in ${formatDuration(milliseconds)}, ${pluralize(rounds, 'round')}.`,
    `${countsText(vms)}. ${END_WORDS[end]}${again}`,
  ].join(' ');
  const text = renderResults(plan, { ...outcome, results: lastFailures(outcome.results) }, counts, options);
  const states = lines.flatMap((line) => wrapLine(line, columns));
  return states.length === 0 ? text : `${states.join('\n')}\n\n${text}`;
}

/** The failures that no later attempt has made good, and what was not tried. */
function lastFailures(results: readonly ChangeResult[]): readonly ChangeResult[] {
  const last = new Map(
    results.map((result) => {
      const { target, address, action, step } = result.change;
      return [JSON.stringify([target, address, action, step]), result];
    }),
  );
  return [...last.values()].filter(({ status }) => status !== 'done');
}
