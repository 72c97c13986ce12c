import { relative, resolve } from 'node:path';
import { EXIT } from '../../core/error.ts';
import type { ProviderName } from '../../core/desired.ts';
import {
  renderInitFiles,
  renderMissingSections,
  renderNestedProjectNote,
  renderNextSteps,
  renderPipelineBelowTopWarning,
} from '../../report/editor/project-files.ts';
import { createProject, projectNameFrom } from '../../workflow/new-project/create.ts';
import { type Extra, EXTRAS } from '../../workflow/new-project/extras.ts';
import type { Pipeline } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly name?: string;
  readonly provider: ProviderName;
  readonly ci?: Pipeline;
  readonly with?: readonly (Extra | 'all')[];
}

/** `landfall init [FOLDER]`: writes a project that can be planned at once, asks nothing, and overwrites nothing. */
export async function init(context: Context, flags: Flags, [into = '.']: readonly string[]): Promise<number> {
  const { host, print, log } = context;
  const folder = resolve(host.cwd, into);
  const { name = projectNameFrom(folder), provider, ci: pipeline = 'none', with: asked = [] } = flags;
  const extras = EXTRAS.filter((one) => asked.includes(one) || asked.includes('all'));
  const created = await createProject(context, folder, into, { name, provider, pipeline, extras });
  print(renderInitFiles(created.files, created.isNew));
  if (created.enclosing !== undefined) log(renderNestedProjectNote(relative(host.cwd, created.enclosing)));
  if (created.top !== undefined && pipeline !== 'none')
    log(
      renderPipelineBelowTopWarning(pipeline, relative(host.cwd, created.top), relative(created.top, folder)),
    );
  if (created.missing.length > 0) log(renderMissingSections(created.missing));
  const next = {
    pipeline: pipeline !== 'none',
    setUp: created.needsSetUp,
    sections: created.isNew ? extras.filter((one) => one !== 'report') : [],
    report: extras.includes('report'),
  };
  log(renderNextSteps(relative(host.cwd, folder), next));
  return EXIT.done;
}
