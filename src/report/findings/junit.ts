import { formatPlace } from '../../core/error.ts';
import type { Change } from '../../core/plan.ts';
import { plain } from '../clip.ts';
import { groupBy } from '../group.ts';
import { type Finding, findingText } from './finding.ts';
import type { FindingReport } from './report.ts';
import { type Element, renderXml } from './xml.ts';

/**
 * JUnit XML, for the tests' page of a pipeline: errors and critical concerns fail. Of a validation a suite is a file
 * and a case a finding, or the file where there is none; of a plan a suite is a wave and a case a VM, and what is about
 * no VM stands with the project file.
 * Source: the form that Jenkins' xUnit plugin and GitLab share; a case has one failure at most.
 */
export function renderJunitFindings(report: FindingReport): string {
  const suites = report.changes === undefined ? fileSuites(report) : planSuites(report, report.changes);
  return renderXml({
    name: 'testsuites',
    attributes: {
      name: `landfall ${report.command}`,
      ...totals(suites.flatMap(({ children = [] }) => children)),
    },
    children: suites,
  });
}

function fileSuites({ files, findings }: FindingReport): readonly Element[] {
  const byFile = groupBy(findings, ({ place }) => place.file);
  return [...new Set([...files, ...byFile.keys()])].map((file) => {
    const found = byFile.get(file) ?? [];
    return suiteOf(file, found.length === 0 ? [caseOf('valid', file, [])] : found.map(findingCase));
  });
}

function planSuites(
  { projectFile, findings }: FindingReport,
  changes: readonly Change[],
): readonly Element[] {
  const known = new Set(changes.map(({ address }) => address));
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
    ...(others.length === 0 ? [] : [suiteOf(projectFile, others.map(findingCase))]),
    ...waves.map((group) =>
      suiteOf(
        `${group[0]?.target ?? ''}/${group[0]?.wave ?? ''}`,
        group.map((change) => vmCase(change, byAddress.get(change.address) ?? [])),
      ),
    ),
  ];
}

function vmCase(change: Change, findings: readonly Finding[]): Element {
  const { address, target } = change;
  const element = caseOf(address, target, findings);
  const { children = [] } = element;
  const why = notDone(change);
  if (why === undefined || children.some(({ name }) => name === 'failure')) return element;
  return { ...element, children: [{ name: 'skipped', attributes: { message: why } }, ...children] };
}

/** Why a change is left to a later run: it may be blocked by what is wrong with another VM. */
function notDone({ action, reason = '', blockedBy }: Change): string | undefined {
  if (blockedBy.length > 0) return `blocked by ${blockedBy.join(', ')}`;
  return action === 'defer' ? `deferred: ${reason}` : undefined;
}

function findingCase(finding: Finding): Element {
  const { id, place } = finding;
  return caseOf(`${id} at ${place.line}:${place.column}`, place.file, [finding]);
}

/** A case fails with its errors and critical concerns, and tells its warnings. */
function caseOf(name: string, classname: string, findings: readonly Finding[]): Element {
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
              text: failing.map(lineOf).join('\n'),
            },
          ]),
      ...(warnings.length === 0
        ? []
        : [{ name: 'system-out', attributes: {}, text: warnings.map(lineOf).join('\n') }]),
    ],
  };
}

function lineOf(finding: Finding): string {
  const { id, severity, place } = finding;
  return `${plain(formatPlace(place), 1000)}: ${severity} ${id}: ${findingText(finding)}`;
}

function suiteOf(name: string, cases: readonly Element[]): Element {
  return { name: 'testsuite', attributes: { name, ...totals(cases) }, children: cases };
}

function totals(cases: readonly Element[]): Readonly<Record<string, number>> {
  const having = (name: string): number =>
    cases.filter(({ children = [] }) => children.some((child) => child.name === name)).length;
  return { tests: cases.length, failures: having('failure'), errors: 0, skipped: having('skipped') };
}
