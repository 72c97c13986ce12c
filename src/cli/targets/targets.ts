import { EXIT } from '../../core/error.ts';
import { hideSecrets } from '../../core/text.ts';
import type { TargetsFormat } from '../../report/formats.ts';
import { renderTargetsGithub, renderTargetsJson, renderTargetsText } from '../../report/targets/list.ts';
import { writeOutput } from '../../workflow/output-files.ts';
import { listTargets, type TargetListOptions } from '../../workflow/plan/target-list.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags extends TargetListOptions {
  readonly format: TargetsFormat;
  readonly jobs: 'plan' | 'apply';
  readonly include: string;
  readonly out?: string;
}

/** Source: GitHub Docs, "Workflow syntax: jobs.<job_id>.strategy.matrix". */
const MOST_GITHUB_JOBS = 256;

/** `landfall targets`: the targets of the project, for a runner each. */
export async function targets(context: Context, flags: Flags): Promise<number> {
  const found = await listTargets(context, flags);
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const text = await render(context, flags, found.list);
  const jobs = found.list.targets.length;
  if (flags.format === 'github' && jobs > MOST_GITHUB_JOBS)
    context.log(
      `GitHub makes ${MOST_GITHUB_JOBS} jobs of a matrix at most, and this one has ${jobs}: make several, with --target\n`,
    );
  if (flags.out === undefined) context.print(text);
  else await writeOutput(context.host, flags.out, hideSecrets(text));
  return EXIT.done;
}

async function render(
  { colors, columns }: Context,
  flags: Flags,
  list: Parameters<typeof renderTargetsText>[0],
): Promise<string> {
  const { format, out } = flags;
  if (format === 'json') return renderTargetsJson(list);
  if (format === 'github') return renderTargetsGithub(list);
  if (format === 'gitlab') {
    return (await import('../../report/targets/gitlab.ts')).renderTargetsGitlab(list, flags);
  }
  return renderTargetsText(list, { colors, columns: out === undefined ? columns : Infinity });
}
