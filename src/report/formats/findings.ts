import type { Change } from '../../core/plan.ts';
import type { Validation } from '../validation/validation.ts';
import { type Finding, toFindings } from './finding.ts';
import type { OutputFormat, RenderOptions } from './format.ts';

/** All that a format may use of a run. */
export interface FindingReport {
  /** The command that found them. */
  readonly command: 'validate' | 'plan';
  readonly version: string;
  /** The project file and all files that were read, as a pipeline calls them. */
  readonly projectFile: string;
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Of a plan: what happens to each VM. */
  readonly changes?: readonly Change[];
}

/** Makes an output format of a renderer of findings, which shows the concerns of a validation or a plan. */
export function findingsFormat(render: (report: FindingReport) => string): OutputFormat {
  const report = (
    command: FindingReport['command'],
    { concerns, files }: Pick<Validation, 'concerns' | 'files'>,
    options: RenderOptions,
  ): FindingReport => {
    const { projectFile, fileOf } = options.files();
    return {
      command,
      version: options.version,
      projectFile: fileOf(projectFile),
      files: files.map(fileOf),
      findings: toFindings(concerns, projectFile, fileOf),
    };
  };
  return {
    reportsInvalidManifests: true,
    showsFreshness: false,
    plan: ({ plan: { concerns, changes } }, options) =>
      render({ ...report('plan', { concerns, files: [] }, options), changes }),
    validation: ({ validation, command }, options) =>
      render(report(command === 'validate' ? command : 'plan', validation, options)),
  };
}
