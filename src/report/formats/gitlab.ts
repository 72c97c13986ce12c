import type { Severity } from '../../core/concern.ts';
import { formatJson } from '../text/json.ts';
import { findingText } from './finding.ts';
import { type FindingReport, findingsFormat } from './findings.ts';

export const gitlabFormat = findingsFormat(renderGitlabFindings);

/** An error, without which there is no plan, is worse than a critical concern about one VM. */
const SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'blocker',
  critical: 'critical',
  warning: 'minor',
};

/**
 * A Code Quality report of GitLab (`artifacts:reports:codequality`): findings on the merge request and its changes.
 * Source: GitLab Docs, "Code Quality report format".
 */
export function renderGitlabFindings({ findings }: FindingReport): string {
  return formatJson(
    findings.map((finding) => ({
      description: findingText(finding),
      check_name: finding.id,
      fingerprint: finding.fingerprint,
      severity: SEVERITIES[finding.severity],
      location: { path: finding.place.file, lines: { begin: finding.place.line } },
    })),
  );
}
