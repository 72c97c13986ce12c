import type { Concern } from '../../core/concern.ts';
import { EXIT, type ExitCode } from '../../core/error.ts';
import { loadProject, type LoadResult } from '../../manifest/load.ts';
import { findDrift } from '../../plan/drift.ts';
import type { ManifestRevision } from '../../report/drift/drift.ts';
import type { OutputFormat, RenderOptions } from '../../report/formats/format.ts';
import { loadFormat } from '../../report/formats.ts';
import { renderValidationText } from '../../report/validation/validation.ts';
import { loadProjectAt } from '../../workflow/git/manifests-at-revision.ts';
import { type Manifests, readManifests, withPlanInput } from '../../workflow/plan/planning.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import type { SelectionFlags } from '../flags.ts';
import { renderOptions, type ReportFlags, validationResult } from './reporting.ts';

interface Flags extends SelectionFlags, ReportFlags {
  readonly ref?: string;
}

/** What a comparison lacks for a whole one; everything else that validation finds is for `validate` to say. */
const COVERAGE_CONCERNS: ReadonlySet<string> = new Set<Concern['id']>(['target.not-looked-at', 'file.none']);

/** `landfall drift`: who differs, git or the account, and over what. Changes nothing; exits with 2 where they do. */
export async function drift(context: Context, flags: Flags): Promise<number> {
  const options = renderOptions(context, flags);
  const format = await loadFormat(flags.format);
  const read = await manifestsOf(context, flags, format, options);
  if (read === undefined) return EXIT.error;
  return withPlanInput(context, flags, read.manifests, (input): ExitCode => {
    const found = findDrift({
      ...input,
      concerns: input.concerns.filter(({ id }) => COVERAGE_CONCERNS.has(id)),
    });
    if (format.drift !== undefined) context.print(format.drift(found, read.origin, options));
    return found.drift.length > 0 ? EXIT.changes : EXIT.done;
  });
}

/** The manifests on disk, or those of a revision; where they are broken, says so and returns nothing. */
async function manifestsOf(
  context: Context,
  flags: Flags,
  format: OutputFormat,
  options: RenderOptions,
): Promise<{ readonly manifests: Manifests; readonly origin?: ManifestRevision } | undefined> {
  const projectFile = findProjectFile(context);
  // A nightly issue then says why there is nothing to report, instead of last night's drift.
  const report = async (loaded: LoadResult, commit?: string): Promise<undefined> => {
    if (format.reportsInvalidManifests)
      context.print(
        await format.validation(validationResult(context, flags, 'drift', loaded, commit), options),
      );
  };
  if (flags.ref === undefined) {
    const manifests = readManifests(context);
    if (manifests !== undefined) return { manifests };
    const { cwd, clock } = context.host;
    return report(loadProject({ projectFile, cwd, now: clock.now() }));
  }
  const { commit, loaded } = await loadProjectAt(context, projectFile, flags.ref);
  const { desired, concerns, files, summary } = loaded;
  if (desired !== undefined) {
    const { globs } = summary;
    return {
      manifests: { projectFile, desired, concerns, files, globs },
      origin: { revision: flags.ref, commit },
    };
  }
  context.host.stderr.write(renderValidationText(loaded, { colors: context.errorColors }));
  return report(loaded, commit);
}
