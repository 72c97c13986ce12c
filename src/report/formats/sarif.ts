import { CONCERNS } from '../../core/concern-ids.ts';
import type { Severity } from '../../core/concern.ts';
import { type ExplanationEntry, explanationOf } from '../explanations/index.ts';
import { renderExplanationMarkdown } from '../explanations/render.ts';
import { formatJson } from '../text/json.ts';
import { type Finding, findingText } from './finding.ts';
import { type FindingReport, findingsFormat } from './findings.ts';

export const sarifFormat = findingsFormat(renderSarifFindings);

/**
 * SARIF 2.1.0, for code scanning. Rules are the concerns that were raised, with what `landfall explain` says of them.
 * Paths are relative to `%SRCROOT%`, the top of the repository.
 * Source: OASIS, Static Analysis Results Interchange Format 2.1.0, with errata 01.
 */
export function renderSarifFindings({ command, version, projectFile, findings }: FindingReport): string {
  const raised = new Set<string>(findings.map(({ id }) => id));
  const rules = Object.keys(CONCERNS).flatMap((id) => (raised.has(id) ? (explanationOf(id) ?? []) : []));
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  return formatJson({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'landfall', version, semanticVersion: version, rules: rules.map(ruleOf) },
        },
        // A validation and a plan of the same commit, or of two projects, do not replace one another (3.17.3).
        automationDetails: { id: `landfall/${command}/${toUri(projectFile)}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'the top of the repository' } } },
        results: findings.map((finding) => resultOf(finding, indexOf.get(finding.id) ?? -1)),
      },
    ],
  });
}

function ruleOf(entry: ExplanationEntry): object {
  const { id, severity, summary, means, why, fix } = entry;
  return {
    id,
    shortDescription: { text: escapeMessage(summary) },
    fullDescription: { text: escapeMessage(means) },
    help: {
      text: escapeMessage([means, why, ...fix].join('\n')),
      markdown: renderExplanationMarkdown(entry),
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['migration', id.split('.')[0]] },
  };
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning'>> = {
  error: 'error',
  critical: 'error',
  warning: 'warning',
};

function resultOf(finding: Finding, ruleIndex: number): object {
  const { id, severity, place, length, addresses, fingerprint } = finding;
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: escapeMessage(findingText(finding)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(place.file), uriBaseId: '%SRCROOT%' },
          region: {
            startLine: place.line,
            startColumn: place.column,
            ...(length !== undefined && { endLine: place.line, endColumn: place.column + length }),
          },
        },
        ...(addresses.length > 0 && {
          logicalLocations: addresses.slice(0, MAX_LOGICAL_LOCATIONS).map((name) => ({
            fullyQualifiedName: name,
            kind: 'resource',
          })),
        }),
      },
    ],
    partialFingerprints: { 'landfallFinding/v1': fingerprint },
  };
}

/** VMs that a result names; of a mistake in the defaults of a wave there may be hundreds. */
const MAX_LOGICAL_LOCATIONS = 10;

/** A message without placeholders (3.11.5) and embedded links (3.11.6): a name could be meant to look like one. */
function escapeMessage(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}

/** A relative path as a URI reference (RFC 3986): each of its parts encoded. */
function toUri(file: string): string {
  return file
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
