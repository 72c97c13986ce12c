import { accessSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ProjectReport } from '../../../src/core/results/report.ts';
import { renderReport } from '../../../src/report/html/page.ts';
import { TRICKS } from '../markdown/hostile.ts';
import { PAGE, reportOf, withTexts } from './reports.ts';

/** The path of a Chromium that is installed; undefined: there is none. */
function installedChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const executablePath = installedChromium();
if (executablePath === undefined)
  console.warn('No Chromium is installed: reports are not opened in a browser.');

(executablePath === undefined ? describe.skip : describe)('a report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-report-'));
  const report = reportOf({ waves: 6, vms: 50 });
  const small = reportOf({ waves: 3, vms: 3 });
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      // Its sandbox works neither as root nor in most containers; nothing but files of this test is opened.
      args: ['--no-sandbox'],
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report from disk; what the browser complains of or asks for, beside the file itself, is in `said`. */
  async function open(
    of: ProjectReport,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, renderReport(of, PAGE));
    const said: string[] = [];
    const page = await browser.newPage(options);
    const { href } = pathToFileURL(file);
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== href && request.url() !== 'data:,') said.push(request.url());
    });
    await page.goto(href);
    return { page, said };
  }

  const rows = (page: Page): Promise<number> => page.locator('#vm-tables tbody tr:visible').count();
  const firstVms = async (page: Page, many: number): Promise<readonly string[]> =>
    (await page.locator('#vm-tables tbody th').allTextContents()).slice(0, many);

  it('filters and sorts with mouse and keyboard, and says how many VMs are left', async () => {
    const { page, said } = await open(report);
    const count = page.locator('#count');
    expect(await count.textContent()).toBe('300 of 300 VMs');
    expect(await count.getAttribute('aria-live')).toBe('polite');

    await page.fill('#q', 'wave-02 REPLICATION');
    await untilSays(count, /^50 of 300 VMs$/);
    await page.selectOption('#f-stage', 'failing');
    await untilSays(count, /^12 of 300 VMs$/);
    expect(await rows(page)).toBe(12);
    await page.click('button[type=reset]');
    await untilSays(count, /^300 of 300 VMs$/);

    await page.check('#f-problem');
    await untilSays(count, /^36 of 300 VMs$/);
    await page.click('button[type=reset]');

    // A count in the table of waves leads to the VMs that it counts.
    await page.click('a[data-wave=wave-03][data-stage=failing]');
    await untilSays(count, /^12 of 300 VMs$/);
    await page.click('button[type=reset]');
    await untilSays(count, /^300 of 300 VMs$/);

    const head = page.locator('#vm-tables th[scope=col]').first();
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    expect(await firstVms(page, 3)).toEqual(['wave-01-1', 'wave-01-2', 'wave-01-3']);
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await firstVms(page, 2)).toEqual(['wave-06-50', 'wave-06-49']);
    expect(await rows(page)).toBe(300);
    // Details open by keyboard too.
    await page.locator('#vm-tables summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#vm-tables details[open]').count()).toBe(1);
    expect(said).toEqual([]);
    await page.close();
  });

  it('follows the theme of the machine, and another one that is chosen', async () => {
    const { page, said } = await open(report, { colorScheme: 'dark' });
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const bar = (): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('.chart [fill^="var(--s1"]')).fill`);
    expect([await background(), await bar()]).toEqual(['rgb(15, 20, 25)', 'rgb(108, 182, 255)']);
    await page.click('#theme');
    expect(await page.locator('#theme').textContent()).toBe('Theme: light');
    expect([await background(), await bar()]).toEqual(['rgb(255, 255, 255)', 'rgb(11, 92, 173)']);
    // Paper is white, without controls, and with the numbers of the charts.
    await page.click('#theme');
    await page.emulateMedia({ media: 'print' });
    expect(await background()).toBe('rgb(255, 255, 255)');
    expect(await page.locator('#filter, #theme, nav').filter({ visible: true }).count()).toBe(0);
    const numbers = page.locator('figure details table').first();
    expect((await numbers.boundingBox())?.height ?? 0).toBeGreaterThan(50);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(said).toEqual([]);
    await page.close();
  });

  it('has no fault that axe finds, light and dark, on a phone too', async () => {
    const { page } = await open(withTwoTargets(small), {
      viewport: { width: 390, height: 800 },
      bypassCSP: true,
    });
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    // No column is too narrow for its words, with a column of targets too.
    const narrow = await page.evaluate(
      "[...document.querySelectorAll('#vm-tables th[scope=col]')].filter((head) => head.clientWidth < 90 || head.clientHeight > 80).map((head) => head.textContent)",
    );
    expect(narrow).toEqual([]);
    await page.addScriptTag({ content: axe.source });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
      });
      expect(found).toEqual([]);
    }
    await page.close();
  });

  it('runs nothing that a name brings, and shows it as it is', async () => {
    const trick = `${TRICKS.join(' ')}</script></style></svg><script>alert(1)</script>`;
    const { page, said } = await open(withTexts(small, (text) => `${trick}${text}`));
    await page.fill('#q', 'onerror=alert');
    await untilSays(page.locator('#count'), /^9 of 9 VMs$/);
    expect(
      await page.locator('img, iframe, object, embed, script:not(body > script:last-child)').count(),
    ).toBe(0);
    const wave = await page.locator('#vm-tables tbody td').first().textContent();
    expect(wave).toContain('<script>alert(1)</script>');
    expect(said).toEqual([]);
    await page.close();
  });

  it('says all of it without script', async () => {
    const { page, said } = await open(report, { javaScriptEnabled: false });
    expect(await page.locator('#vm-tables tbody tr').count()).toBe(300);
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('svg.chart').first().isVisible()).toBe(true);
    const numbers = page.locator('figure details').first();
    await numbers.locator('summary').click();
    expect(await numbers.locator('table').isVisible()).toBe(true);
    // Nor does it need style, which servers of artifacts may block too.
    await page.evaluate("document.querySelector('style').remove()");
    const [swatch, bar] = [page.locator('.swatch'), page.locator('.bar')].map((one) => one.first());
    expect((await swatch?.boundingBox())?.width).toBe(12);
    expect((await bar?.boundingBox())?.width).toBe(120);
    const fills = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('svg [fill]')].map((element) => element.getAttribute('fill').slice(0, 12) + getComputedStyle(element).fill)",
    );
    const lost = fills.filter((fill) => /^var\((?!--(?:text|muted)).*rgb\(0, 0, 0\)$/.test(fill));
    expect(lost).toEqual([]);
    expect(said).toEqual([]);
    await page.close();
  });

  it('opens with 10,000 VMs, of which it lays out those that it shows', async () => {
    const large = repeated(report, 10_000);
    const { page, said } = await open(large);
    expect(statSync(join(folder, 'report.html')).size).toBeLessThan(10_000_000);
    expect(await page.locator('#count').textContent()).toBe('10,000 of 10,000 VMs');
    const laidOut = await page.evaluate<number>(
      "[...document.querySelectorAll('.chunk')].filter(({ firstElementChild }) => firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length",
    );
    expect(laidOut).toBeLessThan(5);
    await page.fill('#q', 'wave-02-7');
    await untilSays(page.locator('#count'), /^\d+ of 10,000 VMs$/);
    expect(said).toEqual([]);
    await page.close();
  });

  /** Waits until an element says something. */
  async function untilSays(element: ReturnType<Page['locator']>, words: RegExp): Promise<void> {
    await element.filter({ hasText: words }).waitFor({ timeout: 5000 });
  }
});

/** The same report, of which one VM is in another target. */
function withTwoTargets(report: ProjectReport): ProjectReport {
  const vms = report.status.vms.map((vm, index) => (index === 0 ? { ...vm, target: 'other' } : vm));
  return { ...report, status: { ...report.status, vms } };
}

/** The same report with so many VMs, which have other names. */
function repeated(report: ProjectReport, many: number): ProjectReport {
  const { vms } = report.status;
  const all = Array.from({ length: many }, (_, index) => {
    const vm = vms[index % vms.length];
    if (vm === undefined) throw new RangeError('no VM');
    return { ...vm, label: `${vm.label ?? vm.address} ${index}` };
  });
  return { ...report, status: { ...report.status, vms: all } };
}
