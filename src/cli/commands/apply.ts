import { resolve } from 'node:path';
import type { Ending } from '../../core/ending.ts';
import { LandfallError } from '../../core/error.ts';
import { renderOutcomeJson } from '../../report/outcome-json.ts';
import { renderOutcomeText } from '../../report/outcome-text.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { applyFresh, type FreshFlags } from '../apply-fresh.ts';
import { applySaved } from '../apply-saved.ts';
import type { ApplyContext } from '../carry-out.ts';
import type { Context } from '../context.ts';
import { endingOf, openReport } from '../ending-report.ts';
import { openEventStream } from '../event-stream.ts';
import { withLocks } from '../locking.ts';

interface Flags extends FreshFlags {
  readonly report?: string;
}

/** Flags that decide what a plan comes to: a saved plan has been decided. */
const PLANNING = ['target', 'wave', 'vm', 'replace', 'force', 'allowEmpty', 'confirmFinalize'] as const;

/**
 * `landfall apply [FILE]`: carries out a new plan or a saved one, and says what became of each change. However it
 * ends, `--report` gets its JSON, and the stream of `--json` its last line.
 */
export async function apply(context: Context, flags: Flags, [file]: readonly string[]): Promise<number> {
  refuseOneFile(context, flags, file);
  const stream = openEventStream(context, flags);
  const streaming: ApplyContext = { ...context, stream, onBroken: stream.broken };
  let report: Awaited<ReturnType<typeof openReport>> = () => Promise.resolve();
  let ending: Ending;
  try {
    report = await openReport(context, flags.report);
    ending = await carryOut(streaming, flags, file);
  } catch (error) {
    stream.ended(endingOf(error));
    // What went wrong matters more than a report that cannot be written after all.
    await report(endingOf(error)).catch((lost: unknown) => {
      context.log(`${escapeTerminal((lost as Error).message)}\n`);
    });
    throw error;
  }
  stream.ended(ending);
  say(context, flags, ending);
  await report(ending);
  return ending.exitCode;
}

/**
 * Refuses to write two things into one file, and anything over the plan, before any of them is opened.
 * @throws LandfallError USAGE
 */
function refuseOneFile({ host }: Context, { report, jsonInto }: Flags, plan: string | undefined): void {
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

async function carryOut(context: ApplyContext, flags: Flags, file: string | undefined): Promise<Ending> {
  return withLocks(context, flags, 'apply', async (locks) => {
    if (file === undefined) return applyFresh(context, flags, locks);
    refusePlanningFlags(flags);
    return applySaved(context, flags, file, locks);
  });
}

/** @throws LandfallError USAGE */
function refusePlanningFlags(flags: Flags): void {
  const given = PLANNING.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new LandfallError('USAGE', `--${name} does not go with a saved plan, which is carried out as it is`, {
    remedy: 'give it to `landfall plan --out FILE`',
  });
}

function say({ colors, print }: Context, { format, json }: Flags, ending: Ending): void {
  const { plan, outcome } = ending;
  // stdout is the stream's.
  if (plan === undefined || json === true) return;
  if (format === 'json') print(renderOutcomeJson(ending));
  // An error has been said already; what was done until a lock was lost has not.
  else if (outcome !== undefined && (ending.error === undefined || ending.error.code === 'LOCK_LOST'))
    print(renderOutcomeText(plan, outcome, { colors }));
}
