import { resolve } from 'node:path';
import type { ApplyReport } from '../../core/apply-result.ts';
import { LandfallError } from '../../core/error.ts';
import { renderOutcomeJson, renderOutcomeText } from '../../report/apply/outcome.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { withLocks } from '../../workflow/locking/locks.ts';
import {
  type ApplyContext,
  applyNewPlan,
  applySavedPlan,
  type NewPlanFlags,
} from '../../workflow/plan/apply.ts';
import type { Context } from '../context.ts';
import { openEventStream } from './apply-progress.ts';
import { endingOfError, openReportFile } from './apply-report.ts';

interface Flags extends NewPlanFlags {
  readonly report?: string;
}

/** Flags that decide what a plan comes to: a saved plan has been decided. */
const PLANNING_FLAGS = ['target', 'wave', 'vm', 'replace', 'force', 'allowEmpty', 'confirmFinalize'] as const;

/**
 * `landfall apply [FILE]`: carries out a new plan or a saved one, and says what became of each change. However it
 * ends, `--report` gets its JSON, and the stream of `--json` its last line.
 */
export async function apply(context: Context, flags: Flags, [file]: readonly string[]): Promise<number> {
  refuseSharedFile(context, flags, file);
  const stream = openEventStream(context, flags);
  const streaming: ApplyContext = { ...context, stream, onInvalidManifests: stream.invalidManifests };
  let report: Awaited<ReturnType<typeof openReportFile>> = () => Promise.resolve();
  let ending: ApplyReport;
  try {
    report = await openReportFile(context, flags.report);
    ending = await applyUnderLocks(streaming, flags, file);
  } catch (error) {
    stream.ended(endingOfError(error));
    // What went wrong matters more than a report that cannot be written after all.
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

async function applyUnderLocks(
  context: ApplyContext,
  flags: Flags,
  file: string | undefined,
): Promise<ApplyReport> {
  return withLocks(context, flags, 'apply', async (locks) => {
    if (file === undefined) return applyNewPlan(context, flags, locks);
    refusePlanningFlags(flags);
    return applySavedPlan(context, flags, file, locks);
  });
}

/** @throws LandfallError USAGE */
function refusePlanningFlags(flags: Flags): void {
  const given = PLANNING_FLAGS.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new LandfallError('USAGE', `--${name} does not go with a saved plan, which is carried out as it is`, {
    remedy: 'give it to `landfall plan --out FILE`',
  });
}

function printEnding({ colors, print }: Context, { format, json }: Flags, ending: ApplyReport): void {
  const { plan, outcome } = ending;
  // stdout is the stream's.
  if (plan === undefined || json === true) return;
  if (format === 'json') print(renderOutcomeJson(ending));
  // An error has been said already; what was done until a lock was lost has not.
  else if (outcome !== undefined && (ending.error === undefined || ending.error.code === 'LOCK_LOST'))
    print(renderOutcomeText(plan, outcome, { colors }));
}
