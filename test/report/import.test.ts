import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { ImportedFile, ImportReport } from '../../src/core/inventory.ts';
import { renderImportJson, renderImportText } from '../../src/report/inventory/import.ts';
import { expectGolden } from './golden.ts';

const plain = picocolors.createColors(false);

const file = (wave: string, more: Partial<ImportedFile> = {}): ImportedFile => ({
  path: `waves/${wave}.yaml`,
  wave,
  vms: 12,
  commentedOut: 0,
  adopt: false,
  unchanged: false,
  ...more,
});
const REPORT: ImportReport = {
  source: 'rvtools',
  dryRun: false,
  files: [
    file('sdsc-prod', { vms: 40, commentedOut: 2 }),
    file('sdsc-dev', { vms: 1 }),
    file('sdsc-qa', { unchanged: true }),
    file('opdc', { adopt: true }),
  ],
  leftOut: [
    ...['a', 'b', 'c', 'd'].map((name, index) => ({
      name,
      origin: `line ${index + 2}`,
      reason: 'is powered off (--include-powered-off)',
    })),
    { name: '', origin: 'line 9', reason: 'has no name' },
    { name: 'evil\u001b[2J\u202e', origin: 'line 10', reason: 'is a template' },
  ],
  concerns: [
    { id: 'guest.unsupported', vm: 'old01', message: 'SMS cannot migrate "Oracle Solaris 11 (64-bit)"' },
    { id: 'guest.unknown', vm: 'odd', message: 'not known' },
  ],
  notes: ['there is no column "Powerstate": VMs that are off cannot be recognised'],
  next: ['landfall init', 'landfall plan'],
};

describe('an import', () => {
  it('tells what it wrote, left out and doubts', () => {
    expectGolden('import.txt', renderImportText(REPORT, { colors: plain, verbose: false }));
    expectGolden(
      'import-verbose.txt',
      renderImportText({ ...REPORT, dryRun: true }, { colors: plain, verbose: true }),
    );
  });

  it('tells programs all of it', () => {
    expectGolden('import.json', renderImportJson(REPORT));
  });

  it('is short where there are many files, and moves no cursor', () => {
    const files = Array.from({ length: 500 }, (_, index) => file(`wave-${index}`));
    const text = renderImportText({ ...REPORT, files }, { colors: plain, verbose: false });
    expect(text.split('\n').length).toBeLessThan(60);
    expect(text).toContain('… and 470 files more (--verbose lists all)');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it('that has nothing to write says why', () => {
    const text = renderImportText(
      { ...REPORT, files: [], concerns: [], notes: [] },
      { colors: plain, verbose: false },
    );
    expect(text).toMatch(/\n\nNothing to write: 6 left out\.\n$/);
  });
});
