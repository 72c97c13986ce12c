import { formatPlace } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import type { Change } from '../../core/plan.ts';
import { escapeLine } from '../text/escape.ts';
import { renderTestSuites, testSuite, type XmlElement } from '../text/xml.ts';
import { type Finding, findingText } from './finding.ts';
import { type FindingReport, findingsFormat } from './findings.ts';

export const junitFormat = findingsFormat(renderJunitFindings);

/**
 * JUnit XML, for the tests' page of a pipeline: errors and critical concerns fail. Of a validation a suite is a file
 * and a case a finding, or the file where there is none; of a plan a suite is a wave and a case a VM, and what is about
 * no VM stands with the project file.
 * Source: the form that Jenkins' xUnit plugin and GitLab share; a case has one failure at most.
 */
export function renderJunitFindings(report: FindingReport): string {
  const suites = report.changes === undefined ? fileSuites(report) : planSuites(report, report.changes);
  return renderTestSuites(`landfall ${report.command}`, suites);
}

function fileSuites({ files, findings }: FindingReport): readonly XmlElement[] {
  const byFile = groupBy(findings, ({ place }) => place.file);
  return [...new Set([...files, ...byFile.keys()])].map((file) => {
    const found = byFile.get(file) ?? [];
    return testSuite(file, found.length === 0 ? [testCase('valid', file, [])] : found.map(findingCase));
  });
}

function planSuites(
  { projectFile, findings }: FindingReport,
  changes: readonly Change[],
): readonly XmlElement[] {
  const known = new Set<string>(changes.map(({ address }) => address));
  const byAddress = new Map<string, Finding[]>();
  const others: Finding[] = [];
  for (const finding of findings) {
    const addresses = finding.addresses.filter((address) => known.has(address));
    if (addresses.length === 0) others.push(finding);
    for (const address of addresses) {
      byAddress.set(address, [...(byAddress.get(address) ?? []), finding]);
    }
  }
  const waves = [...groupBy(changes, ({ target, wave }) => JSON.stringify([target, wave])).values()];
  return [
    ...(others.length === 0 ? [] : [testSuite(projectFile, others.map(findingCase))]),
    ...waves.map((group) =>
      testSuite(
        `${group[0]?.target ?? ''}/${group[0]?.wave ?? ''}`,
        group.map((change) => vmCase(change, byAddress.get(change.address) ?? [])),
      ),
    ),
  ];
}

function vmCase(change: Change, findings: readonly Finding[]): XmlElement {
  const { address, target } = change;
  const element = testCase(address, target, findings);
  const { children = [] } = element;
  const why = skipReason(change);
  if (why === undefined || children.some(({ name }) => name === 'failure')) return element;
  return { ...element, children: [{ name: 'skipped', attributes: { message: why } }, ...children] };
}

/** Returns why a change is skipped: a concern, also about another VM, blocks it, or it is deferred. */
function skipReason({ action, reason = '', blockedBy }: Change): string | undefined {
  if (blockedBy.length > 0) return `blocked by ${blockedBy.join(', ')}`;
  return action === 'defer' ? `deferred: ${reason}` : undefined;
}

function findingCase(finding: Finding): XmlElement {
  const { id, place } = finding;
  return testCase(`${id} at ${place.line}:${place.column}`, place.file, [finding]);
}

/** A case fails with its errors and critical concerns, and lists its warnings. */
function testCase(name: string, classname: string, findings: readonly Finding[]): XmlElement {
  const failing = findings.filter(({ severity }) => severity !== 'warning');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const [first] = failing;
  const [place] = findings.map((finding) => finding.place);
  return {
    name: 'testcase',
    attributes: {
      name,
      classname,
      ...(place !== undefined && { file: place.file, line: place.line }),
    },
    children: [
      ...(first === undefined
        ? []
        : [
            {
              name: 'failure',
              attributes: { type: first.id, message: first.message },
              text: failing.map(findingLine).join('\n'),
            },
          ]),
      ...(warnings.length === 0
        ? []
        : [{ name: 'system-out', attributes: {}, text: warnings.map(findingLine).join('\n') }]),
    ],
  };
}

function findingLine(finding: Finding): string {
  const { id, severity, place } = finding;
  return `${escapeLine(formatPlace(place), 1000)}: ${severity} ${id}: ${findingText(finding)}`;
}
