import { relative, resolve } from 'node:path';
import { EXIT, LandfallError } from '../../core/error.ts';
import type { ProviderName } from '../../core/desired.ts';
import { didYouMean } from '../../core/suggest.ts';
import {
  renderInitFiles,
  renderNestedProjectNote,
  renderNextSteps,
  renderPipelineBelowTopWarning,
} from '../../report/editor/project-files.ts';
import {
  createProject,
  hasNoProject,
  projectNameFrom,
  requireFolder,
  requireProjectName,
} from '../../workflow/new-project.ts';
import { type Pipeline, PIPELINES } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly name?: string;
  readonly provider: ProviderName;
  readonly ci?: Pipeline;
  /** `--no-input` makes it false. */
  readonly input: boolean;
}

/** `landfall init [FOLDER]`: writes a project that can be planned at once, and overwrites nothing. */
export async function init(context: Context, flags: Flags, [into = '.']: readonly string[]): Promise<number> {
  const { host, print, log } = context;
  const folder = resolve(host.cwd, into);
  requireFolder(folder, into);
  const answers = await ask(context, flags, projectNameFrom(folder), hasNoProject(folder));
  if (answers === undefined) {
    log('Nothing was written.\n');
    return EXIT.error;
  }
  const { name, ci: pipeline } = answers;
  const created = await createProject(context, folder, into, { name, provider: flags.provider, pipeline });
  print(renderInitFiles(created.files, created.isNew));
  if (created.enclosing !== undefined) log(renderNestedProjectNote(relative(host.cwd, created.enclosing)));
  if (created.top !== undefined && pipeline !== 'none')
    log(
      renderPipelineBelowTopWarning(pipeline, relative(host.cwd, created.top), relative(created.top, folder)),
    );
  const next = { pipeline: pipeline !== 'none', setUp: created.needsSetUp };
  log(renderNextSteps(relative(host.cwd, folder), next));
  return EXIT.done;
}

interface Answers {
  readonly name: string;
  readonly ci: Pipeline;
}

/** Asks on a terminal for the values that no flag gives, with a default for each. Returns undefined when the user leaves. */
async function ask(
  { host }: Context,
  flags: Flags,
  fallback: string,
  isNew: boolean,
): Promise<Answers | undefined> {
  const answer = flags.input && isNew ? host.ask : undefined;
  try {
    const given = flags.name ?? (await answer?.(`Name of the project [${fallback}]: `))?.trim();
    const name = requireProjectName(
      given === undefined || (given === '' && flags.name === undefined) ? fallback : given,
    );
    const answered =
      flags.ci ?? (await answer?.(`Pipeline: ${PIPELINES.join(', ')} [none]: `))?.trim().toLowerCase();
    return { name, ci: answered === undefined || answered === '' ? 'none' : pipelineNamed(answered) };
  } catch (error) {
    if (error instanceof LandfallError) throw error;
    return undefined;
  }
}

/** @throws LandfallError USAGE */
function pipelineNamed(answered: string): Pipeline {
  const pipeline = PIPELINES.find((name) => name === answered);
  if (pipeline !== undefined) return pipeline;
  throw new LandfallError('USAGE', `there is no pipeline ${JSON.stringify(answered)}`, {
    remedy: didYouMean(answered, PIPELINES, `there are ${PIPELINES.join(', ')}`),
  });
}
