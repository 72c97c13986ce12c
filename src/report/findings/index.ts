import type { FindingFormat, FindingReport } from './finding.ts';
import { renderGithubFindings } from './github.ts';
import { renderGitlabFindings } from './gitlab.ts';
import { renderJunitFindings } from './junit.ts';
import { renderSarifFindings } from './sarif.ts';

const RENDERERS: Readonly<Record<FindingFormat, (report: FindingReport) => string>> = {
  github: renderGithubFindings,
  gitlab: renderGitlabFindings,
  junit: renderJunitFindings,
  sarif: renderSarifFindings,
};

/** The findings of a run in one of the formats. Ends in a newline; a format of lines is empty without findings. */
export function renderFindings(format: FindingFormat, report: FindingReport): string {
  return RENDERERS[format](report);
}
