import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Concern } from '../../../src/core/concern.ts';
import { toAddress } from '../../../src/core/names.ts';
import type { FindingReport } from '../../../src/report/formats/findings.ts';
import { expectGolden } from '../golden.ts';
import { hostileName, TRICKS } from '../markdown/hostile.ts';
import { busyPlan, quietPlan } from '../plans.ts';
import { FILES, FINDING_FORMATS, planReport, renderFindings, reportOf, TROUBLES } from './reports.ts';
import { sarifProblems } from './sarif-schema.ts';
import { parseXml } from './xml-parser.ts';

const EXTENSIONS = { github: 'txt', gitlab: 'json', junit: 'xml', sarif: 'json' };

interface CodeQuality {
  readonly description: string;
  readonly fingerprint: string;
  readonly location: { readonly path: string };
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly message: { readonly text: string };
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly locations: readonly [
          { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } },
        ];
      }[];
    },
  ];
}

const gitlab = (report: FindingReport): CodeQuality[] =>
  JSON.parse(renderFindings('gitlab', report)) as CodeQuality[];
const sarif = (report: FindingReport): Sarif => JSON.parse(renderFindings('sarif', report)) as Sarif;

/** Concerns in which every text is hostile; some are the same but for their lines. */
const hostileReport = fc
  .array(
    fc.record({
      name: hostileName,
      file: hostileName,
      line: fc.integer({ min: 1, max: 1e6 }),
      severity: fc.constantFrom('error' as const, 'critical' as const, 'warning' as const),
      isPlaced: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((items) => {
    const concerns = items.map(({ name, file, line, severity, isPlaced }): Concern => ({
      id: 'vm.ambiguous',
      severity,
      message: `${name} fits`,
      remedy: name,
      address: toAddress(name),
      ...(isPlaced && { place: { file: `waves/${file}`, line, column: 7 } }),
    }));
    return reportOf(
      concerns,
      items.map(({ file }) => `waves/${file}`),
    );
  });

describe('findings for pipelines', () => {
  it.each(FINDING_FORMATS)('show what is wrong with manifests, as %s', (format) => {
    expectGolden(
      `findings-${format}.${EXTENSIONS[format]}`,
      renderFindings(format, reportOf(TROUBLES, FILES)),
    );
  });

  it.each(FINDING_FORMATS)('show what a plan warns of and refuses, as %s', (format) => {
    expectGolden(
      `findings-plan-${format}.${EXTENSIONS[format]}`,
      renderFindings(format, planReport(busyPlan())),
    );
  });

  it('are well-formed where there are none', () => {
    expect(renderFindings('github', planReport(quietPlan()))).toBe('');
    expect(gitlab(planReport(quietPlan()))).toEqual([]);
    expect(sarif(planReport(quietPlan())).runs[0].results).toEqual([]);
    const { attributes } = parseXml(renderFindings('junit', planReport(quietPlan())));
    expect(attributes).toMatchObject({ tests: '40', failures: '0' });
  });

  it('have fingerprints that stay when lines move, and are all different', () => {
    const fingerprints = (concerns: readonly Concern[]): string[] =>
      gitlab(reportOf(concerns)).map(({ fingerprint }) => fingerprint);
    const moved = TROUBLES.map((concern) =>
      concern.place === undefined
        ? concern
        : { ...concern, place: { ...concern.place, line: 1000, column: 1 } },
    );
    expect(fingerprints(moved)).toEqual(fingerprints(TROUBLES));
    expect(new Set(fingerprints(TROUBLES)).size).toBe(4);
    const twice = [1, 2].map((line): Concern => ({
      id: 'yaml.tab',
      severity: 'error',
      message: `a tab, as in waves/a.yaml:${line}:1`,
      place: { file: 'waves/a.yaml', line, column: 1 },
    }));
    expect(new Set(fingerprints(twice)).size).toBe(2);
  });
});

describe('findings as workflow commands', () => {
  it('are one command a line, whatever the names are', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const text = renderFindings('github', report);
        const lines = text.split(/\r\n|\r|\n/).slice(0, -1);
        expect(lines).toHaveLength(report.findings.length);
        for (const [index, line] of lines.entries()) {
          // As the runner reads it: the first `::` after the name ends the properties, and commas part them.
          const command = /^::(error|warning) ((?:(?!::).)*)::(.*)$/.exec(line);
          expect(command?.[2]?.split(',').map((one) => one.split('=')[0])).toEqual([
            'file',
            'line',
            'col',
            'title',
          ]);
          const decoded = (command?.[3] ?? '').replaceAll('%25', '%');
          expect(decoded).toContain(report.findings[index]?.message);
          // Only an escaped percent sign is left of them: nothing decodes to a line break.
          expect(command?.[3]?.replaceAll('%25', '')).not.toContain('%');
        }
      }),
    );
  });
});

describe('findings as SARIF', () => {
  it('keep to the schema, whatever the names are', () => {
    for (const report of [reportOf(TROUBLES, FILES), planReport(busyPlan()), planReport(quietPlan())]) {
      expect(sarifProblems(sarif(report))).toEqual([]);
    }
    fc.assert(
      fc.property(hostileReport, (report) => {
        expect(sarifProblems(sarif(report))).toEqual([]);
      }),
    );
  });

  it('would not if a report were wrong', () => {
    const text = renderFindings('sarif', reportOf(TROUBLES, FILES));
    for (const [right, wrong] of [
      ['"level": "error"', '"level": "critical"'],
      ['"startLine": 9', '"startLine": 0'],
      ['"kind": "resource"', '"sort": "resource"'],
      ['"uri": "landfall.yaml"', '"uri": "50% of.yaml"'],
      ['"version": "2.1.0"', '"version": "2.0.0"'],
    ] as const) {
      expect(text).toContain(right);
      expect([wrong, sarifProblems(JSON.parse(text.replace(right, wrong)))]).not.toEqual([wrong, []]);
    }
  });

  it('point at the rule and at a URI that means the file', () => {
    const report = reportOf(TROUBLES, FILES);
    const [{ tool, results }] = sarif(report).runs;
    expect(results.map(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId)).not.toContain(
      false,
    );
    const uris = results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri);
    expect(uris.map(decodeURIComponent)).toEqual(report.findings.map(({ place }) => place.file));
    expect(uris).toContain('waves/50%25%20of%20a%2C%20b%3A%20%C3%A4.yaml');
  });

  it('let no name be a link or a placeholder', () => {
    const message = 'name "[click](https://evil.example) {0}" is wrong';
    const [{ results }] = sarif(reportOf([{ id: 'schema.value', severity: 'error', message }])).runs;
    expect(results[0]?.message.text).toBe('name "[click] (https://evil.example) {{0}}" is wrong');
  });
});

describe('findings as JUnit', () => {
  it('are well-formed XML that counts right, whatever the names are', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const { attributes, children } = parseXml(renderFindings('junit', report));
        const cases = children.flatMap((suite) => suite.children);
        const failures = cases.filter((one) => one.children.some(({ name }) => name === 'failure'));
        expect(attributes).toMatchObject({ tests: String(cases.length), failures: String(failures.length) });
        expect(failures).toHaveLength(
          report.findings.filter(({ severity }) => severity !== 'warning').length,
        );
      }),
    );
  });

  it('give each VM of a plan a case', () => {
    const plan = busyPlan();
    const { children } = parseXml(renderFindings('junit', planReport(plan)));
    const names = children.flatMap((suite) => suite.children).map(({ attributes }) => attributes['name']);
    expect(names).toEqual(expect.arrayContaining(plan.changes.map(({ address }) => address)));
  });
});

describe('findings as JSON formats', () => {
  it.each(TRICKS)('hold %j as data', (trick) => {
    const concern: Concern = {
      id: 'vm.unknown',
      severity: 'critical',
      message: `${trick} is not there`,
      place: { file: trick.replace(/\p{Cs}/gu, ''), line: 1, column: 1 },
    };
    const report = reportOf([concern]);
    expect(gitlab(report)[0]?.location.path).toBe(concern.place?.file);
    for (const format of ['gitlab', 'sarif'] as const) {
      expect(renderFindings(format, report).replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
    }
  });

  it('shorten ten megabytes', () => {
    const message = 'x'.repeat(10_000_000);
    const report = reportOf([{ id: 'vm.unknown', severity: 'critical', message, remedy: message }]);
    for (const format of FINDING_FORMATS) expect(renderFindings(format, report).length).toBeLessThan(15_000);
  });
});
