import { dirname, relative, resolve, sep } from 'node:path';
import { EXIT, type ExitCode } from '../../core/error.ts';
import { hasChanges, type Plan } from '../../core/plan.ts';
import { savePlan } from '../../plan/saved/index.ts';
import { renderPlanJson } from '../../report/plan-json.ts';
import { renderPlanText } from '../../report/plan-text.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { changedWaves } from '../changed-waves.ts';
import type { Context } from '../context.ts';
import { planExitCode, type PlanFlags, type Scene, withPlan } from '../planning.ts';
import { writePlanFile } from '../saved-plan-files.ts';

interface Flags extends PlanFlags {
  readonly format: 'text' | 'json';
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly changedSince?: string;
}

/** `landfall plan`: shows what an apply would change, and changes nothing. */
export async function plan(context: Context, flags: Flags): Promise<number> {
  const { colors, verbose } = context;
  const { changedSince } = flags;
  const show = async (plan: Plan, scene: Scene): Promise<ExitCode> => {
    if (flags.out !== undefined) await save(context, flags.out, plan, scene);
    context.print(flags.format === 'json' ? renderPlanJson(plan) : renderPlanText(plan, { colors, verbose }));
    if (flags.out !== undefined) context.log(savedText(flags.out));
    const code = planExitCode(plan);
    if (code !== EXIT.done) return code;
    return flags.detailedExitcode === true && hasChanges(plan) ? EXIT.changes : EXIT.done;
  };
  const exitCode = await withPlan(context, flags, show, async (manifests) =>
    changedSince === undefined ? {} : changedWaves(context, manifests, changedSince),
  );
  return exitCode ?? EXIT.error;
}

function savedText(file: string): string {
  const name = escapeTerminal(file);
  return `Saved to ${name}: \`landfall apply ${name}\` carries out exactly this, or says what has changed.\n`;
}

async function save(
  context: Context,
  file: string,
  plan: Plan,
  { projectFile, observed, accounts }: Scene,
): Promise<void> {
  const { cwd } = context.host;
  // Seen from the project's folder, paths are the same on every machine.
  const shown = (path: string): string =>
    relative(dirname(projectFile), resolve(cwd, path)).replaceAll(sep, '/');
  await writePlanFile(context, file, savePlan(plan, observed, accounts.traits, shown));
}
