import type { Concern } from '../../core/concern.ts';
import { EXIT, type ExitCode } from '../../core/error.ts';
import { findDrift } from '../../plan/index.ts';
import { type ManifestRevision, renderDriftJson, renderDriftText } from '../../report/drift/drift.ts';
import { renderDriftMarkdown } from '../../report/drift/markdown.ts';
import { renderValidationText } from '../../report/validation/validation.ts';
import { loadProjectAt } from '../../workflow/git/manifests-at-revision.ts';
import { type Manifests, readManifests, withPlanInput } from '../../workflow/plan/planning.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import type { SelectionFlags } from '../flags.ts';
import {
  markdownBudget,
  type MarkdownFlags,
  problemsMarkdown,
  type ProblemsOptions,
} from './problem-reports.ts';

interface Flags extends SelectionFlags, MarkdownFlags {
  readonly format: 'text' | 'json' | 'markdown';
  readonly ref?: string;
}

/** What a comparison lacks for a whole one; everything else that validation finds is for `validate` to say. */
const COVERAGE_CONCERNS: ReadonlySet<string> = new Set<Concern['id']>(['target.not-looked-at', 'file.none']);

/** `landfall drift`: who differs, git or the account, and over what. Changes nothing; exits with 2 where they do. */
export async function drift(context: Context, flags: Flags): Promise<number> {
  const { colors, verbose, print } = context;
  const budget = markdownBudget(flags);
  const read = await manifestsOf(context, flags);
  if (read === undefined) return EXIT.error;
  return withPlanInput(context, flags, read.manifests, (input): ExitCode => {
    const found = findDrift({
      ...input,
      concerns: input.concerns.filter(({ id }) => COVERAGE_CONCERNS.has(id)),
    });
    const { origin } = read;
    if (flags.format === 'json') print(renderDriftJson(found, origin));
    else if (flags.format === 'markdown') print(renderDriftMarkdown(found, origin, budget));
    else print(renderDriftText(found, origin, { colors, verbose }));
    return found.drift.length > 0 ? EXIT.changes : EXIT.done;
  });
}

/** The manifests on disk, or those of a revision; where they are broken, says so and returns nothing. */
async function manifestsOf(
  context: Context,
  flags: Flags,
): Promise<{ readonly manifests: Manifests; readonly origin?: ManifestRevision } | undefined> {
  const { ref: revision, format } = flags;
  // An issue that says why is worth more to whoever reads it than one of last night.
  const say = async (problems: Pick<ProblemsOptions, 'loaded' | 'commit'> = {}): Promise<undefined> => {
    if (format === 'markdown')
      context.print(await problemsMarkdown(context, flags, { ...problems, instead: 'drift' }));
  };
  if (revision === undefined) {
    const manifests = readManifests(context);
    return manifests === undefined ? say() : { manifests };
  }
  const projectFile = findProjectFile(context);
  const { commit, loaded } = await loadProjectAt(context, projectFile, revision);
  const { desired, concerns, files, summary: outline } = loaded;
  if (desired !== undefined) {
    const { globs } = outline;
    return { manifests: { projectFile, desired, concerns, files, globs }, origin: { revision, commit } };
  }
  context.host.stderr.write(renderValidationText(loaded, { colors: context.errorColors }));
  return say({ loaded, commit });
}
