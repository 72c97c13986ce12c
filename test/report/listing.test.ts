import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import { INVISIBLE } from '../../src/core/text.ts';
import { markdownTable, renderMarkdownListing } from '../../src/report/listing.ts';
import { renderStatusCsv } from '../../src/report/status/data.ts';
import { renderStatusMetrics } from '../../src/report/status/prometheus.ts';
import { renderStatusMarkdown } from '../../src/report/status/text.ts';
import { NOW } from '../plan/plan-input.ts';
import { tries } from '../setup/tries.ts';
import { expectGolden } from './golden.ts';
import { hostileName } from './markdown/hostile.ts';
import { expectOnlyOurs } from './markdown/parsed.ts';
import { busyStatus, travellingStatus } from './statuses.ts';

const options = { colors: picocolors.createColors(false) };

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[];
}

/** The metrics of a text as another program reads them. */
function metricsOf(text: string): ReadonlyMap<string, Metric> {
  const found = parsePrometheusTextFormat(text) as readonly Metric[];
  return new Map(found.map((metric) => [metric.name, metric]));
}

describe('a status as Markdown', () => {
  it('has the counts, waves, VMs and concerns', async () => {
    const text = renderStatusMarkdown(busyStatus(), options);
    expectGolden('status-busy.md', text);
    await expectOnlyOurs(text, '');
  });

  it('has nothing in it that a name brings', async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, async (name) => {
        const status = busyStatus();
        const vms = status.vms.map((vm) => ({
          ...{ ...vm, address: toAddress(`${name}/${name}`), wave: name, detail: name },
          ...{
            notReady: [name],
            concerns: [{ id: 'vm.unknown', severity: 'warning', message: name } as const],
          },
        }));
        const text = renderStatusMarkdown({ ...status, vms }, options);
        await expectOnlyOurs(text, '');
        // Every row of the table has as many cells as its heading.
        const table = text.slice(text.lastIndexOf('| WAVE |'));
        const rows = table.split('\n').filter((line) => line.startsWith('| '));
        const widths = new Set(rows.map((row) => row.split(' | ').length));
        expect([...widths]).toHaveLength(1);
      }),
      tries(40),
    );
  });

  it('leaves out rows that a comment has no room for, and says so', () => {
    const columns = [{ title: 'VM', cell: (name: string) => name }];
    const items = Array.from({ length: 10_000 }, (_, index) => `vm-${index}`);
    const text = renderMarkdownListing({
      head: ['x'],
      columns,
      items,
      unreachable: [],
      whole: 'landfall status',
    });
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    const rows = text.match(/^\| `/gm)?.length ?? 0;
    expect(rows).toBeGreaterThan(1000);
    expect(text).toContain(`**Cut**: ${10_000 - rows} rows left out. \`landfall status\` shows all.`);
  });

  it('keeps a vertical bar out of the structure of a table', () => {
    expect(markdownTable([{ title: 'VM', cell: (name: string) => name }], ['a|b', 'a\\|b'])).toBe(
      '| VM |\n| --- |\n| `a\\u{7c}b` |\n| `a\\\\u{7c}b` |',
    );
  });
});

describe('a status as CSV', () => {
  it('has a line for each VM', () => {
    expectGolden('status-busy.csv', renderStatusCsv(busyStatus()));
  });

  it('holds no formula and no hidden character, whatever the names are', () => {
    const names = ['=cmd|calc', '+1', '-1', '@SUM(A1)', 'a,b "c"', 'x\u202e\u0007\r\n=1'];
    const status = busyStatus();
    const [vm] = status.vms;
    if (vm === undefined) throw new Error('no VM');
    const vms = names.map((name) => ({ ...vm, detail: name, wave: name }));
    const text = renderStatusCsv({ ...status, vms });
    const rows: readonly { detail: string; wave: string }[] = parse(text, { columns: true });
    expect(rows.map(({ detail }) => detail)).toEqual([
      ...["'=cmd|calc", "'+1", "'-1", "'@SUM(A1)", 'a,b "c"', 'x\\u{202e}\\u{7}\\u{d}\\u{a}=1'],
    ]);
    expect(rows.map(({ wave }) => wave)).toEqual(rows.map(({ detail }) => detail));
  });
});

describe('a status as metrics', () => {
  it('has waves, stages, caps, ages and problems', () => {
    const text = renderStatusMetrics(travellingStatus());
    expectGolden('status-travelling.prom', text);
    const metrics = metricsOf(text);
    expect([...metrics.values()].every(({ type }) => type === 'GAUGE')).toBe(true);
    expect(metrics.get('landfall_status_timestamp_seconds')?.metrics).toEqual([
      { value: String(NOW / 1000) },
    ]);
    const total = (metrics.get('landfall_vms')?.metrics ?? []).reduce(
      (sum, { value }) => sum + Number(value),
      0,
    );
    expect(total).toBe(travellingStatus().vms.length);
    expectGolden('status-busy.prom', renderStatusMetrics(busyStatus()));
  });

  it('has labels that a parser reads back, whatever the names are', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const status = busyStatus();
        const waves = status.waves.map((wave) => ({ ...wave, wave: name, target: 'a"b\\n' }));
        const text = renderStatusMetrics({ ...status, waves });
        expect(text.split('\n').filter((line) => INVISIBLE.test(line))).toEqual([]);
        const labels = metricsOf(text).get('landfall_runs_active')?.metrics[0]?.labels;
        expect(labels?.['target']).toBe('a"b\\n');
        expect(Object.keys(labels ?? {})).toEqual(['target', 'wave']);
      }),
      tries(60),
    );
  });
});
