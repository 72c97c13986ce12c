import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { DRIFT_KINDS, type DriftReport, type ManifestDrift } from '../../../src/core/results/drift.ts';
import { toAddress } from '../../../src/core/names.ts';
import { findDrift } from '../../../src/plan/drift.ts';
import { renderDriftText } from '../../../src/report/drift/drift.ts';
import { renderDriftMarkdown } from '../../../src/report/drift/markdown.ts';
import { readMarker } from '../../../src/core/comment.ts';
import { commentMarker } from '../../../src/report/markdown/comment.ts';
import { MIN_BUDGET } from '../../../src/report/text/escape.ts';
import { job, server, unmarked, vm, planInput } from '../../plan/plan-input.ts';
import { expectGolden, expectGoldenToFit } from '../golden.ts';
import { hostileName, TRICKS } from './hostile.ts';
import { expectOnlyOurs } from './parsed.ts';
import { expectWellFormed } from './well-formed.ts';
import { tries } from '../../setup/tries.ts';

const ORIGIN = { revision: 'origin/main', commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d' };

const markerOf = ({ project, targets }: DriftReport): string =>
  commentMarker(
    project,
    targets.map(({ name }) => name),
    'drift',
  );

function render(report: DriftReport, most?: number): string {
  const text = renderDriftMarkdown(report, ORIGIN, most);
  expectWellFormed(text, markerOf(report));
  return text;
}

/** Drift of most kinds, in two waves. */
function driftedReport(): DriftReport {
  const names = ['db-01', 'web-01', 'web-02', 'web-03', 'web-04', 'old-01', 'gone-01'];
  return findDrift(
    planInput({
      vms: [
        vm('db-01'),
        vm('web-01'),
        vm('web-02'),
        vm('web-03', { wave: 'sdsc-02', address: toAddress('sdsc-02/web-03') }),
        vm('web-04', { wave: 'sdsc-02', address: toAddress('sdsc-02/web-04') }),
        vm('typo', { wave: 'sdsc-02', address: toAddress('sdsc-02/typo') }),
        vm('gone-01'),
      ],
      servers: names.map((name) => (name === 'gone-01' ? server(name, { hadJob: true }) : server(name))),
      jobs: [
        job('db-01', { settings: { frequency: 24, licenseType: 'BYOL', description: 'made by hand' } }),
        job('web-01'),
        unmarked(job('web-02')),
        job('web-03', { owner: { project: 'ucop', wave: 'sdsc-01' } }),
        job('old-01'),
      ],
    }),
  );
}

function many(count: number, about: (index: number) => Partial<ManifestDrift> = () => ({})): DriftReport {
  const drift = Array.from({ length: count }, (_, index): ManifestDrift => ({
    kind: DRIFT_KINDS[index % DRIFT_KINDS.length] ?? 'changed',
    target: 'production',
    wave: `wave-${index % 7}`,
    address: toAddress(`wave-${index % 7}/vm-${index}`),
    job: `sms-job-${index}`,
    fields: [{ field: 'frequency', git: 12, account: 24 }],
    message: 'the replication job is paused after failures',
    ...about(index),
  }));
  return { ...driftedReport(), drift };
}

it.each([60, 80])('drift fits a terminal of %d columns', (columns) => {
  const options = { colors: picocolors.createColors(false), columns, verbose: false };
  expectGoldenToFit(`drift-${columns}.txt`, columns, renderDriftText(driftedReport(), ORIGIN, options));
});

describe('drift as an issue', () => {
  it('says who differs, wave by wave, as a plan would', () => {
    expectGolden('drift.md', render(driftedReport()));
  });

  it('is a few lines where there is none', () => {
    const report = { ...driftedReport(), drift: [], matching: 41 };
    expectGolden('drift-none.md', render(report));
    expect(renderDriftMarkdown(report, undefined).split('\n')[0]).toBe(
      'No drift in `ucop`: 41 VMs match the manifests.',
    );
  });

  it('is the same at any time, so that an issue is edited only when there is news', () => {
    const report = driftedReport();
    expect(render({ ...report, at: report.at + 1e9 })).toBe(render(report));
  });

  it('has a marker of its own: it never takes the place of a plan', () => {
    const report = driftedReport();
    expect(readMarker(render(report))).toBe(markerOf(report));
    expect(markerOf(report)).not.toBe(commentMarker(report.project, ['production']));
  });

  it('says what was cut, and where it stands', () => {
    const text = render(many(2000), MIN_BUDGET);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIN_BUDGET);
    expect(text.split('\n')[0]).toContain('250 changed, 250 missing');
    expect(text).toMatch(/\*\*Cut\*\* to fit 10000 bytes: .* `landfall drift` shows all of it\./);
  });

  it.each(TRICKS)('obeys nothing in %j', async (trick) => {
    const report = many(1, () => ({
      target: trick,
      wave: trick,
      address: toAddress(`${trick}/${trick}`),
      job: trick,
      message: trick,
      fields: [{ field: trick, git: trick, account: trick }],
    }));
    const hostile = { ...report, project: trick };
    render(hostile);
    await expectOnlyOurs(renderDriftMarkdown(hostile, { ...ORIGIN, revision: trick }), markerOf(hostile));
  });

  it('is well-formed and fits, whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(hostileName, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: MIN_BUDGET, max: 70_000 }),
        (names, count, most) => {
          const nth = (index: number): string => names[index % names.length] ?? '';
          const report = many(count, (index) => ({
            wave: nth(index),
            address: toAddress(`${nth(index)}/${nth(index + 1)}`),
            message: nth(index + 2).repeat(50),
            fields: [{ field: nth(index), git: nth(index + 1), account: nth(index + 2) }],
          }));
          const concerns = names.map((name) => ({
            id: 'target.not-looked-at' as const,
            severity: 'warning' as const,
            message: name.repeat(100),
            remedy: name,
          }));
          const text = render({ ...report, project: nth(0), concerns }, most);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
        },
      ),
      tries(20),
    );
  });
});
