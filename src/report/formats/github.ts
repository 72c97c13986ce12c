import { escapeLine } from '../text/escape.ts';
import { type Finding, findingText } from './finding.ts';
import { type FindingReport, findingsFormat } from './findings.ts';

export const githubFormat = findingsFormat(renderGithubFindings);

const MAX_FILE_BYTES = 1000;

/**
 * Workflow commands of GitHub Actions, one line a finding: annotations on the files of a pull request. Nothing
 * without findings. No name begins a line, and none can end one.
 * Source: GitHub Docs, "Workflow commands for GitHub Actions"; the escaping is that of actions/toolkit, command.ts.
 */
export function renderGithubFindings({ findings }: FindingReport): string {
  return findings.map((finding) => `${workflowCommand(finding)}\n`).join('');
}

function workflowCommand(finding: Finding): string {
  const { id, severity, place, length } = finding;
  const properties = {
    file: escapeLine(place.file, MAX_FILE_BYTES),
    line: place.line,
    ...(length !== undefined && { endLine: place.line }),
    col: place.column,
    ...(length !== undefined && { endColumn: place.column + length }),
    title: `landfall: ${id}`,
  };
  const listed = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  );
  const command = severity === 'warning' ? 'warning' : 'error';
  return `::${command} ${listed.join(',')}::${escapeData(findingText(finding))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
