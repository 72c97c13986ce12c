import { resolve } from 'node:path';
import type { ApplyReport, ApplyReporter } from '../../core/apply-result.ts';
import { LandfallError } from '../../core/error.ts';
import type { WorkflowEvent } from '../../core/environment.ts';
import { isExecutable, type Plan } from '../../core/plan.ts';
import { stepsAheadLines } from '../../report/apply/ahead.ts';
import { renderFollowText } from '../../report/apply/follow.ts';
import { renderLaunchActions, renderOutcomeJson, renderOutcomeText } from '../../report/apply/outcome.ts';
import { changedPreconditionLines } from '../../report/plan/saved.ts';
import { renderPlanText } from '../../report/plan/text.ts';
import { renderError } from '../../report/text/errors.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { wrapLine } from '../../report/text/fit.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { apply as applyNew, applySaved, applyVerified } from '../../workflow/plan/apply.ts';
import type { FollowOptions } from '../../workflow/plan/follow.ts';
import type { PlanOptions } from '../../workflow/plan/planning.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import { type FollowScreen, followScreen } from '../screens.ts';
import {
  type EventStream,
  openEventStream,
  type Progress,
  progressReporter,
  type StreamFlags,
} from './apply-progress.ts';
import { endingOfError, openReportFile } from './apply-report.ts';

interface Flags extends PlanOptions, LockOptions, StreamFlags, Pick<FollowOptions, 'timeout' | 'interval'> {
  readonly follow?: boolean;
  readonly format: 'text' | 'json';
  readonly autoApprove?: boolean;
  readonly maxFailures?: number;
  readonly report?: string;
  readonly verify?: boolean;
}

/** Flags that decide what a plan contains; a saved plan does not take them. */
const PLANNING_FLAGS = [
  'target',
  'wave',
  'vm',
  'replace',
  'force',
  'allowEmpty',
  'confirmFinalize',
  'confirmRevert',
  'confirmCutover',
  'confirmDisconnect',
  'confirmChange',
  'overrideWindow',
  'overridePolicy',
  'policiesFrom',
  'reason',
  'maxAttempts',
] as const;
/** Those of them that a saved plan does not take with `--follow`, which plans its later steps again. */
const PLANNING_FLAGS_OF_NEW_PLANS = ['target', 'wave', 'vm', 'replace', 'allowEmpty'] as const;

/**
 * `landfall apply [FILE]`: applies a new or a saved plan, and reports the result of each change. However it
 * ends, `--report` gets its JSON, and the stream of `--json` its last line.
 */
export async function apply(context: Context, flags: Flags, [file]: readonly string[]): Promise<number> {
  if (flags.verify === true && file === undefined) {
    throw new LandfallError('USAGE', '--verify compares with a saved plan, and none is given', {
      remedy: 'give the file that `landfall plan --out FILE` wrote',
    });
  }
  refuseFollowFlags(flags);
  refuseSharedFile(context, flags, file);
  const stream = openEventStream(context, flags);
  let report: Awaited<ReturnType<typeof openReportFile>> = () => Promise.resolve();
  let ending: ApplyReport;
  try {
    report = await openReportFile(context, flags.report);
    ending = await runApply(context, flags, file, stream);
  } catch (error) {
    stream.ended(endingOfError(error));
    // The error of the run matters more than a report that cannot be written.
    await report(endingOfError(error)).catch((lost: unknown) => {
      context.log(`${escapeTerminal((lost as Error).message)}\n`);
    });
    throw error;
  }
  stream.ended(ending);
  printEnding(context, flags, ending);
  await report(ending);
  return ending.exitCode;
}

/** @throws LandfallError USAGE for flags that belong to `--follow`, or that do not go with it */
function refuseFollowFlags({ follow, timeout, interval, verify }: Flags): void {
  const only = timeout !== undefined ? '--timeout' : interval !== undefined ? '--interval' : undefined;
  if (follow !== true && only !== undefined) {
    throw new LandfallError('USAGE', `${only} is for an apply that follows its VMs`, {
      remedy: `give --follow too, or leave ${only} out`,
    });
  }
  if (follow === true && verify === true) {
    throw new LandfallError('USAGE', '--verify does not go with --follow', {
      remedy: 'leave --verify out: with --follow a saved plan is always compared with a new one first',
    });
  }
}

/**
 * Refuses to write two things into one file, and anything over the plan, before any of them is opened.
 * @throws LandfallError USAGE
 */
function refuseSharedFile({ host }: Context, { report, jsonInto }: Flags, plan: string | undefined): void {
  const uses = Object.entries({ '--report': report, '--json-into': jsonInto, 'the plan': plan });
  const seen = new Map<string, string>();
  for (const [use, file] of uses) {
    if (file === undefined) continue;
    const path = resolve(host.cwd, file);
    const other = seen.get(path);
    seen.set(path, use);
    if (other === undefined) continue;
    throw new LandfallError('USAGE', `${other} and ${use} are the same file, ${file}`, {
      remedy: 'give each a file of its own',
    });
  }
}

/** Applies a new plan, or the saved one in `file`, and tells of it while it runs. */
async function runApply(
  context: Context,
  flags: Flags,
  file: string | undefined,
  stream: EventStream,
): Promise<ApplyReport> {
  let progress: Pick<Progress, 'reporter' | 'finish'> | undefined;
  const screen = flags.follow === true ? followScreen(context) : undefined;
  const onEvent = (event: WorkflowEvent): void => {
    // The progress bar must be erased before a line is printed.
    progress?.finish();
    if (prints(event, context)) screen?.clear();
    if (event.kind === 'planned') {
      stream.planned(event.plan);
      showPlan(context, flags, event.plan);
      progress = screen
        ? { reporter: screen.reporter, finish: () => undefined }
        : progressReporter(context, event.plan.changes.filter(isExecutable).length);
    }
    context.onEvent(event);
  };
  const reporter: ApplyReporter = {
    started(change) {
      stream.reporter.started(change);
      progress?.reporter.started(change);
    },
    ended(result) {
      stream.reporter.ended(result);
      progress?.reporter.ended(result);
    },
  };
  try {
    const workspace = { ...context, onEvent };
    const options = { ...flags, reporter };
    if (file !== undefined && flags.verify !== true) {
      refusePlanningFlags(flags, flags.follow === true ? PLANNING_FLAGS_OF_NEW_PLANS : PLANNING_FLAGS);
    }
    if (screen !== undefined)
      return await runFollow(context, flags, file, { workspace, reporter, stream, screen });
    if (file !== undefined && flags.verify !== true) {
      return await applySaved(workspace, file, options);
    }
    const approve = (): Promise<boolean> => requestApproval(context, flags.autoApprove, 'Apply this plan?');
    const result = await (file === undefined
      ? applyNew(workspace, { ...options, approve })
      : applyVerified(workspace, file, options));
    if (result.kind === 'ended') return result.report;
    stream.invalidManifests(result.validation.concerns);
    return { exitCode: showInvalidManifests(context, result), error: INVALID_MANIFESTS };
  } finally {
    progress?.finish();
    screen?.finish();
  }
}

/** Applies a new plan, or the saved one in `file`, and follows its VMs to the phases of their waves. */
async function runFollow(
  context: Context,
  flags: Flags,
  file: string | undefined,
  { workspace, reporter, stream, screen }: Following,
): Promise<ApplyReport> {
  const { follow } = await import('../../workflow/plan/follow.ts');
  const approve: NonNullable<FollowOptions['approve']> = async (_, ahead) => {
    const words = [FOLLOW_WORDS, ...stepsAheadLines(ahead)]
      .flatMap((line) => wrapLine(line, context.errorColumns, 0))
      .join('\n');
    announce(context, flags.autoApprove, `\n${words}\n`);
    return requestApproval(context, flags.autoApprove, 'Apply this plan, and the steps that it lists?');
  };
  const result = await follow(workspace, {
    ...flags,
    ...{ reporter, ...(file === undefined ? { approve } : { file }) },
    onRound: (round) => {
      stream.round(round);
      screen.round(round);
    },
  });
  if (result.kind === 'ended') return result.report;
  stream.invalidManifests(result.validation.concerns);
  return { exitCode: showInvalidManifests(context, result), error: INVALID_MANIFESTS };
}

interface Following {
  readonly workspace: Context;
  readonly reporter: ApplyReporter;
  readonly stream: EventStream;
  readonly screen: FollowScreen;
}

const FOLLOW_WORDS =
  '--follow takes each VM through its steps above, each as soon as it can be taken, retries stalled replications (--max-attempts), and does nothing else. A step that must be confirmed is taken only if this command has the flag. Changes of the manifests during the run are not read. Ctrl-C stops the run, and the same command continues.';

/** Whether an event may print lines, which must not stand in the board. */
function prints({ kind }: WorkflowEvent, { verbose }: Context): boolean {
  if (kind === 'target-observed') return verbose;
  return kind !== 'target-reading' && kind !== 'target-read' && kind !== 'manifests-read';
}

const INVALID_MANIFESTS = {
  code: 'MANIFESTS_INVALID',
  message: 'the manifests have errors',
  remedy: 'run `landfall validate`, which shows all of them with their places',
};

/** Shows a plan before it is applied: on stdout, unless that is for JSON. */
function showPlan(
  { colors, columns, errorColors, errorColumns, verbose, print, log }: Context,
  { format, json }: Flags,
  plan: Plan,
): void {
  if (format === 'json' || json === true)
    log(renderPlanText(plan, { colors: errorColors, columns: errorColumns, verbose }));
  else print(renderPlanText(plan, { colors, columns, verbose }));
}

/** @throws LandfallError USAGE */
function refusePlanningFlags(flags: Flags, refused: readonly (typeof PLANNING_FLAGS)[number][]): void {
  const given = refused.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new LandfallError(
    'USAGE',
    `--${name} does not go with a saved plan, which is applied exactly as it is`,
    {
      remedy:
        'give it to `landfall plan --out FILE`; with --verify, which plans again, give the same flags to both',
    },
  );
}

function printEnding(context: Context, { format, json }: Flags, ending: ApplyReport): void {
  const { host, colors, columns, errorColors, print } = context;
  const { plan, outcome, drift, follow, error } = ending;
  if (error !== undefined && drift !== undefined) {
    const lines = changedPreconditionLines(drift, errorColors);
    host.stderr.write(`${renderError(error, errorColors)}${lines.join('\n')}\n`);
  }
  // stdout is the stream's.
  if (plan === undefined || json === true) return;
  if (format === 'json') {
    print(renderOutcomeJson(ending));
    return;
  }
  const actions = renderLaunchActions(ending.launchActions, { colors, columns });
  if (actions !== '') print(actions);
  if (outcome !== undefined && follow !== undefined) {
    if (error !== undefined && error.code !== 'LOCK_LOST') host.stderr.write(renderError(error, errorColors));
    print(renderFollowText(plan, outcome, follow, { colors, columns }));
    return;
  }
  // An error has been printed already; what was done until a lock was lost has not.
  if (outcome !== undefined && (error === undefined || error.code === 'LOCK_LOST'))
    print(renderOutcomeText(plan, outcome, { colors, columns }));
}
