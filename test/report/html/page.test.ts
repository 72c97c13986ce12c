import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { raiseUnreachable } from '../../../src/core/concern.ts';
import { LandfallError } from '../../../src/core/error.ts';
import type { DesiredWave } from '../../../src/core/desired.ts';
import type { CalendarEvent } from '../../../src/core/results/calendar.ts';
import type { ProjectReport } from '../../../src/core/results/report.ts';
import { renderReport } from '../../../src/report/html/page.ts';
import { tries } from '../../setup/tries.ts';
import { expectGolden } from '../golden.ts';
import { hostileName, TRICKS } from '../markdown/hostile.ts';
import { contentOf, PAGE, reportOf, tagsOf, withTexts } from './reports.ts';

const report = reportOf({ waves: 3, vms: 4 });
const page = renderReport(report, PAGE);

describe('a report', () => {
  it('says all that a meeting asks for', () => {
    // What people read; charts are in files of their own in a browser.
    const words = contentOf(page)
      .replace(/<svg[^]*?<\/svg>/g, '')
      .replace(/<(th|td)[^>]*>/g, ' | ')
      .replace(/<\/?(?!h\d)[a-z][^>]*>/g, '')
      .replace(/\n(\s*\n)+/g, '\n');
    expectGolden('report.txt', words);
  });

  it('allows its own script and style by their hashes, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const hash = (tag: string): string => {
      const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
      return createHash('sha256').update(text).digest('base64');
    };
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${hash('script')}'; style-src 'sha256-${hash('style')}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/<(script|style)/g)).toEqual(['<style', '<script']);
    expect(tagsOf(contentOf(page)).filter((tag) => / (style|on\w+)\b/.test(tag))).toEqual([]);
    expect(/(src|href)="(?!#|data:,")[^"]*/.exec(page)?.[0]).toBeUndefined();
    expect(page.includes('zr0-')).toBe(false);
  });

  it('is the same when it is rendered again', () => {
    expect(renderReport(report, PAGE) === page).toBe(true);
  });

  it('has the tags of its own words only, whatever names, labels and messages are', () => {
    // Text in backticks is code; what is cut has no more tags.
    const tags = (of: string): readonly string[] => tagsOf(contentOf(of)).filter((tag) => tag !== 'code');
    const small = reportOf({ waves: 3, vms: 2 });
    const plain = tags(
      renderReport(
        withTexts(small, (text) => `x${text}`),
        PAGE,
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom<string>(...TRICKS), hostileName), (trick) => {
        const hostile = renderReport(
          withTexts(small, (text) => `${trick}${text}`),
          { ...PAGE, command: `landfall report '${trick}'` },
        );
        expect(tags(hostile)).toEqual(plain);
        // eslint-disable-next-line no-control-regex
        expect(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069]/.exec(hostile)?.[0]).toBeUndefined();
      }),
      tries(8),
    );
  });

  it('has a table with the same numbers beside each chart', () => {
    const figures = [...page.matchAll(/<figure>([^]*?)<\/figure>/g)].map(([, figure = '']) => figure);
    expect(figures).toHaveLength(4);
    for (const figure of figures) {
      expect(figure).toMatch(/<svg class="chart" role="img" aria-label="[^"]{20,}/);
      expect(figure).toMatch(/<details><summary>The same as a table<\/summary>[^]*<table>/);
    }
    // A line of the chart goes through the numbers of its column.
    for (const [index, column] of [
      [1, 0],
      [1, 2],
      [2, 0],
      [3, 0],
    ] as const) {
      const figure = figures[index] ?? '';
      const color = column === 0 ? 's1' : 's2';
      const path = new RegExp(
        `<path d="([^"]+)" fill="none"[^>]* stroke="var\\(--${color}, #\\w+\\)" stroke-width="2"`,
      ).exec(figure)?.[1];
      const rows = [...figure.matchAll(/<tr><th scope="row"[^]*?<\/tr>/g)].map(([row]) =>
        [...row.matchAll(/<td class="number">([\d,]+)/g)].map(([, text = '']) =>
          Number(text.replaceAll(',', '')),
        ),
      );
      const heights = new Map<number, number>();
      const points = [...(path ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(([, , y]) => Number(y));
      const drawn = new Set(points);
      expect(rows.length).toBeGreaterThan(3);
      const values = rows.map((row) => row[column] ?? -1);
      // Equal numbers are equally high, larger ones are higher.
      const distinct = [...new Set(values)].toSorted((a, b) => b - a);
      const ys = [...drawn].toSorted((a, b) => a - b);
      expect(ys).toHaveLength(distinct.length);
      for (const [at, value] of distinct.entries()) heights.set(value, ys[at] ?? 0);
      const [top = 0, bottom = 0] = [ys[0], ys.at(-1)];
      const [most = 0, least = 0] = [distinct[0], distinct.at(-1)];
      for (const [value, y] of heights) {
        const share = most === least ? 0 : (most - value) / (most - least);
        expect(Math.abs(y - (top + share * (bottom - top)))).toBeLessThan(0.1);
      }
    }
  });

  it('says who owns a problem and what to do', () => {
    const problems = /<section id="problems"[^]*?<\/section>/.exec(page)?.[0];
    expect(problems).toContain('team-0@example.net');
    expect(problems).toMatch(/class="severity warning">warning/);
  });

  it('does not call a project done whose waves are before their cut-over in git', () => {
    const page = renderReport(reportOf({ waves: 1, vms: 2, ofWave: () => ({ phase: 'replicate' }) }), PAGE);
    expect(page).toMatch(/<dt>All waves at their planned phase<.*; for 2 VMs, that is before the cut-over</);
  });

  it('shows a target that could not be read, and the VMs that are missing for it', () => {
    const error = new LandfallError('ENDPOINT_UNREACHABLE', 'nobody <answers>', { remedy: 'start it' });
    const problem = raiseUnreachable('other', { file: 'landfall.yaml', line: 9, column: 3 }, error);
    const other = { name: 'other', service: 'MGN', region: 'eu-west-1', vms: 7, problem };
    const text = renderReport(
      {
        ...report,
        targets: [...report.targets, other],
        status: { ...report.status, concerns: [problem] },
      },
      PAGE,
    );
    expect(text).toContain('1 target could not be read: other. Not in this report: 7 VMs.');
    expect(text).toContain('<strong>not read</strong>: nobody &lt;answers&gt;');
    // Nobody can say that a wave which was not read has no VMs.
    const ofOther = (wave: DesiredWave): DesiredWave => ({ ...wave, target: 'other' });
    const dates = renderReport(
      {
        ...report,
        targets: [other],
        events: report.events.map((one) =>
          'wave' in one.event
            ? { ...one, event: { ...one.event, wave: ofOther(one.event.wave), vms: 0 } as CalendarEvent }
            : one,
        ),
      },
      PAGE,
    );
    expect(dates).toContain('<td class="number"></td><td>its target was not read; ');
  });

  it.each([
    ['a project without VMs', reportOf({ waves: 1, vms: 0 }), 'No VM to show'],
    ['no project yet', reportOf({ waves: 0, vms: 0 }), 'No manifest has a wave'],
    [
      'a forecast that never ends',
      reportOf({ waves: 2, vms: 2, limit: 0, ofWave: () => ({ suspend: true }) }),
      'not in this forecast',
    ],
  ])('renders %s', (_, of: ProjectReport, words) => {
    const text = contentOf(renderReport(of, PAGE));
    expect(text.includes(words)).toBe(true);
    // Nothing is drawn where there is nothing: zeros would look as if all were done.
    expect(text.includes('VMs left')).toBe(of.forecast.waves.length > 0);
    expect(/.{0,40}\b(NaN|Infinity|undefined)\b.{0,40}/.exec(text)?.[0]).toBeUndefined();
  });

  it('draws no GiB where no size is known: nothing would look left', () => {
    const { series } = report;
    const none = series.times.map(() => 0);
    const left = series.left.map((one) => ({ ...one, gib: { median: none, bound: none } }));
    const text = renderReport({ ...report, series: { ...series, left, withoutSize: 12 } }, PAGE);
    expect(text).not.toContain('GiB left');
    expect(text).toContain('The size of 12 VMs is not known: GiB are not shown.');
  });

  it('draws hundreds of waves in parts', () => {
    const text = renderReport(reportOf({ waves: 45, vms: 1 }), PAGE);
    const heights = [...text.matchAll(/<svg class="chart"[^>]* height="(\d+)"/g)].map(([, height]) =>
      Number(height),
    );
    expect(heights).toHaveLength(3 + 3);
    expect(Math.max(...heights)).toBeLessThan(700);
  });
});
