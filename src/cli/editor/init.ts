import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { ProviderName } from '../../core/desired.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { didYouMean } from '../../manifest/wording.ts';
import {
  renderInitFiles,
  renderNestedProjectNote,
  renderNextSteps,
} from '../../report/editor/project-files.ts';
import { projectNameFrom, requireProjectName, writeTemplateFile } from '../../workflow/new-project.ts';
import { isFolder, projectAround } from '../../workflow/project-files.ts';
import {
  EDITOR_FILES,
  PROJECT_FILE,
  projectFiles,
  type TemplateFile,
} from '../../workflow/project-templates.ts';
import { serviceOf } from '../../providers/registry.ts';
import { type Pipeline, pipelineFiles, PIPELINES, schemaText } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly name?: string;
  readonly provider: ProviderName;
  readonly ci?: Pipeline;
  /** `--no-input` makes it false. */
  readonly input: boolean;
}

/**
 * `landfall init [FOLDER]`: writes a project that can be planned at once. Overwrites nothing: what is there stays,
 * and in a project that is there no wave is added, since an apply would create its jobs.
 */
export async function init(context: Context, flags: Flags, [into = '.']: readonly string[]): Promise<number> {
  const { host } = context;
  const { provider } = flags;
  const folder = resolve(host.cwd, into);
  requireFolder(folder, into);
  const isNew = ![PROJECT_FILE, 'landfall.yml'].some((file) => existsSync(join(folder, file)));
  const answers = await ask(context, flags, projectNameFrom(basename(folder)), isNew);
  if (answers === undefined) {
    context.log('Nothing was written.\n');
    return EXIT.error;
  }
  const files: TemplateFile[] = [
    ...(isNew ? projectFiles(answers.name, provider).slice(0, hasWaves(folder) ? 1 : undefined) : []),
    ...['project', 'wave'].map((name) => ({ path: `schemas/${name}.schema.json`, text: schemaText(name) })),
    ...EDITOR_FILES,
    ...pipelineFiles(answers.ci),
  ];
  const written = [];
  for (const file of files) written.push({ path: file.path, what: await writeTemplateFile(folder, file) });
  context.print(renderInitFiles(written, isNew));
  const around = isNew ? projectAround(dirname(folder)) : undefined;
  if (around !== undefined) context.log(renderNestedProjectNote(relative(host.cwd, around)));
  context.log(
    renderNextSteps(relative(host.cwd, folder), {
      pipeline: answers.ci !== 'none',
      setUp: isNew && serviceOf(provider).target.setup !== undefined,
    }),
  );
  return EXIT.done;
}

/** @throws LandfallError FILE_UNWRITABLE for what is there and is no folder */
function requireFolder(folder: string, named: string): void {
  if (!existsSync(folder) || isFolder(folder)) return;
  throw new LandfallError('FILE_UNWRITABLE', `${JSON.stringify(named)} is a file, and no folder`, {
    remedy: 'name a folder, or one that is not there yet',
  });
}

/** Waves that are there already are the project's own: an example would only be in their way. */
function hasWaves(folder: string): boolean {
  try {
    return readdirSync(join(folder, 'waves'), { recursive: true }).some((file) =>
      String(file).endsWith('.yaml'),
    );
  } catch {
    return false;
  }
}

interface Answers {
  readonly name: string;
  readonly ci: Pipeline;
}

/** What the flags leave open is asked on a terminal, with an answer to fall back on; undefined: the user has left. */
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
    const said =
      flags.ci ?? (await answer?.(`Pipeline: ${PIPELINES.join(', ')} [none]: `))?.trim().toLowerCase();
    return { name, ci: said === undefined || said === '' ? 'none' : pipelineNamed(said) };
  } catch (error) {
    if (error instanceof LandfallError) throw error;
    return undefined;
  }
}

/** @throws LandfallError USAGE */
function pipelineNamed(said: string): Pipeline {
  const pipeline = PIPELINES.find((name) => name === said);
  if (pipeline !== undefined) return pipeline;
  throw new LandfallError('USAGE', `there is no pipeline ${JSON.stringify(said)}`, {
    remedy: didYouMean(said, PIPELINES, `there are ${PIPELINES.join(', ')}`),
  });
}
