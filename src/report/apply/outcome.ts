import type { Colors } from 'picocolors/types.js';
import type {
  ApplyOutcome,
  ApplyReport,
  ChangeResult,
  FollowedVm,
  FollowOutcome,
  VmLaunchActions,
} from '../../core/apply-result.ts';
import { groupBy } from '../../core/lists.ts';
import { fullName } from '../../core/names.ts';
import type { Plan } from '../../core/plan.ts';
import { joinFirst } from '../../core/text.ts';
import { formatDuration, formatInstant } from '../../core/time.ts';
import { actionsOf, toErrors } from '../plan/json.ts';
import { incompleteLines, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { countResults, DONE_KINDS, RESULT_WORDS, type ResultKind } from './results.ts';

type ResultWith<Status extends ChangeResult['status']> = Extract<ChangeResult, { status: Status }>;

/**
 * Renders what an apply did: failures with their remedies, changes that were not tried and why, and the counts.
 * Ends in a newline.
 */
export function renderOutcomeText(plan: Plan, outcome: ApplyOutcome, options: ScreenOptions): string {
  return renderResults(plan, outcome, countsLine(plan, outcome, options.colors), options);
}

/** Renders failures and changes that were not tried, and then the line that counts. Ends in a newline. */
export function renderResults(
  plan: Plan,
  outcome: ApplyOutcome,
  counts: string,
  options: ScreenOptions,
): string {
  const { colors } = options;
  // An address is unique within its target only.
  const name = ({ change }: ChangeResult): string =>
    escapeTerminal(plan.targets.length > 1 ? `${change.target} ${fullName(change)}` : fullName(change));
  const failed = outcome.results.filter((result) => result.status === 'failed');
  const notTried = outcome.results.filter((result) => result.status === 'not-tried');
  const details = [
    ...[...groupBy(failed, ({ code, remedy = '' }) => JSON.stringify([code, remedy])).values()].flatMap(
      (group) => failedLines(group, name, colors),
    ),
    ...[...groupBy(notTried, ({ reason }) => reason).values()].flatMap((group) =>
      notTriedLines(group, name, colors),
    ),
  ];
  const gap = details.length > 0 ? [''] : [];
  const incomplete = incompleteLines(plan.concerns, colors);
  const lines = [...details, ...gap, counts, ...incomplete];
  return [...wrapLines(lines, options), ''].join('\n');
}

function failedLines(
  group: readonly ResultWith<'failed'>[],
  name: (result: ChangeResult) => string,
  colors: Colors,
): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { code, remedy } = first;
  return [
    `${colors.red('failed')} ${colors.dim(escapeTerminal(code))}`,
    ...group.map((result) => `  ${name(result)}: ${escapeTerminal(result.message)}`),
    ...(remedy === undefined ? [] : [`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`]),
  ];
}

function notTriedLines(
  group: readonly ResultWith<'not-tried'>[],
  name: (result: ChangeResult) => string,
  colors: Colors,
): readonly string[] {
  const reason = escapeTerminal(group[0]?.reason ?? '');
  return [`${colors.yellow('not tried')}: ${reason}`, `  ${joinFirst(group.map(name))}`];
}

/** What was done, by kind: `2 created, 1 advanced`, or `nothing`. */
export function doneText(outcome: ApplyOutcome): string {
  return countedText(outcome, DONE_KINDS) || 'nothing';
}

function countedText(outcome: ApplyOutcome, kinds: readonly ResultKind[]): string {
  const counts = countResults(outcome);
  return kinds
    .flatMap((kind) => (counts[kind] > 0 ? [`${counts[kind]} ${RESULT_WORDS[kind]}`] : []))
    .join(', ');
}

function countsLine({ summary }: Plan, outcome: ApplyOutcome, colors: Colors): string {
  const left = [
    ...(summary.defer > 0 ? [`${summary.defer} deferred to a later run`] : []),
    ...(summary.blocked > 0 ? [`${summary.blocked} blocked by critical concerns`] : []),
  ].join(', ');
  const sentences = [
    `${colors.bold(outcome.interrupted ? 'Interrupted:' : 'Applied:')} ${doneText(outcome)} in ${formatDuration(outcome.milliseconds)}.`,
    ...[countedText(outcome, ['failed', 'not_tried']), left]
      .filter((text) => text !== '')
      .map((text) => `${text}.`),
  ];
  return sentences.join(' ');
}

const NO_RESULTS: ApplyOutcome = { results: [], interrupted: false, milliseconds: 0 };

/**
 * How an apply ended, as JSON; format version 1.1, minor versions only add. Durations are in milliseconds.
 * @param left the VMs that a command which names its VMs leaves as they are
 */
export function renderOutcomeJson(
  { exitCode, plan, outcome = NO_RESULTS, launchActions, drift, follow, error }: ApplyReport,
  left?: readonly object[],
): string {
  return formatJson({
    format_version: '1.1',
    exit_code: exitCode,
    plan_checksum: plan?.checksum,
    overrides: plan?.overrides,
    policy_overrides: plan?.policyOverrides,
    interrupted: outcome.interrupted,
    duration_ms: outcome.milliseconds,
    results: outcome.results.map(toResult),
    summary: {
      ...countResults(outcome),
      deferred: plan?.summary.defer ?? 0,
      blocked: plan?.summary.blocked ?? 0,
    },
    launch_actions: launchActions?.map(launchActionsJson),
    left,
    follow: follow && followJson(follow),
    error,
    errors: plan && toErrors(plan.concerns),
    drift,
  });
}

/** Renders the post-launch actions of a VM for JSON. */
export function launchActionsJson({ vm, instanceId, actions }: VmLaunchActions): object {
  const { address, target, wave } = vm;
  return {
    ...{ address, target, wave, instance_id: instanceId },
    actions: actions.map((action) => snakeCase(action, 'name', 'document', 'status', 'mustSucceed', 'error')),
  };
}

/** Says in words how the post-launch actions of a VM are, each that has not succeeded by its name. */
export function launchActionsText({ vm, instanceId, actions }: VmLaunchActions): string {
  const open = actions.filter(({ status }) => status !== 'success');
  const succeeded = actions.length - open.length;
  const each = open.map(({ name, status, mustSucceed, error }) =>
    [
      `${name} ${status}`,
      ...(mustSucceed === true ? ['must succeed'] : []),
      ...(error === undefined ? [] : [error]),
    ].join(', '),
  );
  const parts = [...(succeeded > 0 ? [`${succeeded} of ${actions.length} succeeded`] : []), ...each];
  return `${fullName(vm)}${instanceId === undefined ? '' : ` (${instanceId})`}: ${parts.join('; ')}`;
}

/** Renders the post-launch actions of VMs: one line for each. Ends in a newline; empty where there are none. */
export function renderLaunchActions(all: readonly VmLaunchActions[] = [], options: ScreenOptions): string {
  if (all.length === 0) return '';
  const lines = all.map((one) => `  ${escapeTerminal(launchActionsText(one))}`);
  return ['Post-launch actions', ...wrapLines(lines, options), ''].join('\n');
}

/** Where each VM stands at the end of an apply that follows its VMs. */
function followJson({ end, rounds, vms }: FollowOutcome): object {
  return {
    ...{ end, rounds, ...countFollowed(vms) },
    vms: vms.map((vm) => ({ ...followedVmJson(vm), state: vm.state })),
  };
}

/** A VM that is followed, without its state. */
export function followedVmJson(vm: FollowedVm): object {
  const { opensAt } = vm;
  return {
    ...snakeCase(vm, 'address', 'target', 'wave', 'stage', 'reason', 'next'),
    opens_at: opensAt === undefined ? undefined : formatInstant(opensAt),
  };
}

/** How many VMs have arrived, wait or are changed now, and are stuck. */
export function countFollowed(
  vms: readonly FollowedVm[],
): Readonly<Record<'arrived' | 'waiting' | 'stuck', number>> {
  const count = (state: FollowedVm['state']): number => vms.filter((vm) => vm.state === state).length;
  return { arrived: count('arrived'), waiting: count('waiting') + count('moving'), stuck: count('stuck') };
}

function toResult(result: ChangeResult): object {
  const { change, status } = result;
  const { address, target, wave, step } = change;
  const about = { address, target, wave, actions: actionsOf(change), step, status };
  switch (status) {
    case 'done':
      return {
        ...about,
        id: result.id ?? change.id,
        was_there: result.alreadyExisted,
        detail: result.detail,
        duration_ms: result.milliseconds,
      };
    case 'failed': {
      const { code, message, remedy, milliseconds } = result;
      return { ...about, id: change.id, code, message, remedy, duration_ms: milliseconds };
    }
    case 'not-tried':
      return { ...about, id: change.id, reason: result.reason };
  }
}
