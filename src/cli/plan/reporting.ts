import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import picocolors from 'picocolors';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { hideSecrets } from '../../core/text.ts';
import { FORMAT_NAMES, type FormatName, loadFormat } from '../../report/formats.ts';
import type {
  FileNames,
  OutputFormat,
  RenderOptions,
  ValidationResult,
} from '../../report/formats/format.ts';
import { DEFAULT_BUDGET, MIN_BUDGET } from '../../report/text/escape.ts';
import type { ValidationSource } from '../../report/validation/markdown.ts';
import { renderValidationText } from '../../report/validation/validation.ts';
import { type InvalidManifests, validate as validateProject } from '../../workflow/manifests.ts';
import { outputFile, removeOutput, writeOutput } from '../../workflow/output-files.ts';
import { findProjectFile, projectAround } from '../../workflow/project-files.ts';
import { matcher } from '../../workflow/name-patterns.ts';
import type { Selection } from '../../workflow/selection.ts';
import { version } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';

export interface ReportFlags {
  readonly format: FormatName;
  readonly maxBytes?: number;
  /** Files that the result is also written to: `format=file`. */
  readonly write?: readonly string[];
  /** The file of a saved plan. */
  readonly out?: string;
}

/** Makes the text of a result in one format; undefined or empty: the format has none. */
type Render = (
  format: OutputFormat,
  options: RenderOptions,
) => string | undefined | Promise<string | undefined>;

/** Prints a result, and writes it to the files of `--write`. */
type Report = (render: Render) => Promise<void>;

/**
 * Loads the formats of a command, before any account is asked, and deletes the files of `--write`: the result of an earlier
 * run must not pass for that of this one.
 * @param names the formats that the command has
 * @throws LandfallError USAGE or FILE_UNWRITABLE
 */
export async function openReport(
  context: Context,
  flags: ReportFlags,
  options: RenderOptions,
  names: readonly FormatName[],
): Promise<{ readonly format: OutputFormat; readonly report: Report }> {
  const { host, print } = context;
  const format = await loadFormat(flags.format);
  const files: { readonly file: string; readonly format: OutputFormat }[] = [];
  for (const text of flags.write ?? []) {
    const [, name = '', file = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
    const known = names.find((each) => each === name);
    if (known === undefined) {
      throw new LandfallError('USAGE', `--write ${text} is not a format and a file`, {
        remedy: `give one of ${names.join(', ')}, an equals sign and a file, such as --write markdown=plan.md`,
      });
    }
    files.push({ file, format: await loadFormat(known) });
  }
  const paths = files.map(({ file }) => outputFile(host, file));
  if (new Set(paths).size < paths.length) {
    throw new LandfallError('USAGE', '--write names a file twice', {
      remedy: 'give each format a file of its own',
    });
  }
  if (flags.out !== undefined && paths.includes(outputFile(host, flags.out))) {
    throw new LandfallError('USAGE', `--write and --out are the same file, ${flags.out}`, {
      remedy: 'give each a file of its own',
    });
  }
  for (const { file } of files) removeOutput(host, file);
  const plain: RenderOptions = { ...options, colors: picocolors.createColors(false), columns: Infinity };
  const report: Report = async (render) => {
    print((await render(format, options)) ?? '');
    for (const each of files) {
      const text = await render(each.format, plain);
      if (text !== undefined && text !== '') await writeOutput(host, each.file, hideSecrets(text));
    }
  };
  return { format, report };
}

/**
 * Collects what the renderers of every format need to know, for concerns that name files from the current folder.
 * @throws LandfallError USAGE where `--max-bytes` does not even leave room for a summary
 */
export function renderOptions(context: Context, { maxBytes = DEFAULT_BUDGET }: ReportFlags): RenderOptions {
  if (maxBytes < MIN_BUDGET) {
    throw new LandfallError('USAGE', `--max-bytes ${maxBytes} is too few for a summary`, {
      remedy: `give ${MIN_BUDGET} or more`,
    });
  }
  const { host, colors, columns, verbose } = context;
  return {
    colors,
    columns,
    verbose,
    maxBytes,
    version: version(),
    files: () => ({
      projectFile: relative(host.cwd, findProjectFile(context)),
      fileOf: (file) => pathFromCheckout(host, file),
    }),
  };
}

/**
 * Does the same for a saved plan, whose concerns name files from the folder of the project: of the one that is found
 * from here, else of this folder, as a saved plan may be shown anywhere.
 */
export function savedPlanOptions(context: Context, flags: ReportFlags): RenderOptions {
  const { host } = context;
  const files = (): FileNames => {
    const projectFile =
      context.projectFile === undefined
        ? (projectAround(host.cwd) ?? resolve(host.cwd, 'landfall.yaml'))
        : findProjectFile(context);
    return {
      projectFile: basename(projectFile),
      fileOf: (file) => pathFromCheckout(host, relative(host.cwd, resolve(dirname(projectFile), file))),
    };
  };
  return { ...renderOptions(context, flags), files };
}

/** Names a file from the top of the checkout, as pipelines do, wherever in it landfall is run. */
function pathFromCheckout({ cwd, env }: Context['host'], file: string): string {
  const top = env['GITHUB_WORKSPACE'] ?? env['CI_PROJECT_DIR'] ?? '';
  const path = top === '' ? file : relative(top, resolve(cwd, file));
  const isInside = path !== '' && !path.startsWith('..') && !isAbsolute(path);
  return (isInside ? path : file).replaceAll(sep, '/');
}

/**
 * Describes what validation found in manifests, for any format. As a comment it has the marker of the plan, or of the
 * drift, that the same flags would make, as far as they can be read: on a pull request one replaces the other.
 */
export function validationResult(
  context: Context,
  selection: Pick<Selection, 'target'>,
  command: ValidationResult['command'],
  { validation, commit }: Pick<InvalidManifests, 'validation' | 'commit'>,
): ValidationResult {
  return {
    validation,
    command,
    source: () => validationSource(context, selection, validation.summary, commit),
  };
}

/** Prints why there is nothing to compare: on stderr, and in formats that reviewers read as their report. */
export async function reportInvalidManifests(
  context: Context,
  report: Report,
  result: ValidationResult,
): Promise<ExitCode> {
  context.host.stderr.write(renderValidationText(result.validation, { colors: context.errorColors }));
  await report((format, options) =>
    format.reportsInvalidManifests ? format.validation(result, options) : undefined,
  );
  return EXIT.error;
}

/** The project and the targets of manifests, as far as they can be read. */
type ManifestSummary = Pick<InvalidManifests['validation']['summary'], 'project' | 'targets' | 'usedTargets'>;

/**
 * Names the project, targets and commit of manifests.
 * @param of the commit that they were read from; absent: the one that is checked out
 */
export async function validationSource(
  context: Context,
  { target }: Pick<Selection, 'target'>,
  { project, targets, usedTargets }: ManifestSummary,
  of?: string,
): Promise<ValidationSource> {
  const projectFile = findProjectFile(context);
  const wanted = matcher(target, targets);
  const commit = of ?? (await checkedOutCommit(context, dirname(projectFile)));
  return {
    projectFile: relative(context.host.cwd, projectFile).replaceAll(sep, '/'),
    ...(project !== undefined && { project }),
    targets: wanted === undefined ? usedTargets : targets.filter(wanted),
    ...(commit !== undefined && { commit }),
  };
}

async function checkedOutCommit(context: Context, folder: string): Promise<string | undefined> {
  const { currentCommit } = await import('../../workflow/git/current-commit.ts');
  return currentCommit(context, folder);
}

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export async function validate(context: Context, flags: ReportFlags): Promise<number> {
  const { report } = await openReport(context, flags, renderOptions(context, flags), FORMAT_NAMES);
  const validation = await validateProject(context);
  const result = validationResult(context, {}, 'validate', { validation });
  await report((format, options) => format.validation(result, options));
  return validation.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}
