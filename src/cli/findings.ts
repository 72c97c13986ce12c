import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Concern } from '../core/concern.ts';
import type { Plan } from '../core/plan.ts';
import { loadProject } from '../manifest/index.ts';
import { findingsOf } from '../report/findings/finding.ts';
import { renderFindings } from '../report/findings/index.ts';
import type { FindingFormat, FindingReport } from '../report/findings/report.ts';
import type { Context } from './context.ts';
import { findProjectFile, projectAround } from './project.ts';
import { version } from './version.ts';

/** What was found, and where. */
interface Found {
  readonly projectFile: string;
  readonly concerns: readonly Concern[];
  readonly files?: readonly string[];
  readonly plan?: Plan;
}

/** What a run found, as a pipeline takes it. */
export function findingsText(
  { host }: Context,
  format: FindingFormat,
  command: FindingReport['command'],
  { projectFile, concerns, files = [], plan }: Found,
): string {
  const fileOf = (file: string): string => fromTop(host, file);
  const shown = relative(host.cwd, projectFile);
  return renderFindings(format, {
    command,
    version: version(),
    projectFile: fileOf(shown),
    files: files.map(fileOf),
    findings: findingsOf(concerns, shown, fileOf),
    ...(plan !== undefined && { changes: plan.changes }),
  });
}

/** What is wrong with manifests of which there is no plan: a report of a plan is never left empty. */
export function brokenManifestsText(context: Context, format: FindingFormat): string {
  const { host } = context;
  const projectFile = findProjectFile(context);
  const { concerns, files } = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  return findingsText(context, format, 'plan', { projectFile, concerns, files });
}

/**
 * What a saved plan warns of and refuses. Its files are named from the folder of the project: of the one that is found
 * from here, else of this folder, as it may be shown anywhere.
 */
export function savedFindingsText(context: Context, format: FindingFormat, plan: Plan): string {
  const { host } = context;
  const projectFile =
    context.projectFile === undefined
      ? (projectAround(host.cwd) ?? resolve(host.cwd, 'landfall.yaml'))
      : findProjectFile(context);
  const concerns = plan.concerns.map((concern) => {
    if (concern.place === undefined) return concern;
    const file = relative(host.cwd, resolve(dirname(projectFile), concern.place.file));
    return { ...concern, place: { ...concern.place, file } };
  });
  return findingsText(context, format, 'plan', { projectFile, concerns, plan });
}

/** A file as a pipeline calls it: from the top of the checkout, wherever in it landfall is run. */
function fromTop({ cwd, env }: Context['host'], file: string): string {
  const top = env['GITHUB_WORKSPACE'] ?? env['CI_PROJECT_DIR'] ?? '';
  const path = top === '' ? file : relative(top, resolve(cwd, file));
  const isInside = path !== '' && !path.startsWith('..') && !isAbsolute(path);
  return (isInside ? path : file).replaceAll(sep, '/');
}
