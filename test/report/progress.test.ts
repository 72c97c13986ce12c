import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import { type ApplyProgress, renderProgressBar, renderResultLine } from '../../src/report/apply/progress.ts';
import { change as changeOf } from '../apply/account.ts';

const plain = picocolors.createColors(false);
const more = { address: toAddress('sdsc-01/web'), wave: 'sdsc-01' };
const change = changeOf('web', more);

describe('an event in a pipeline', () => {
  it('is one line', () => {
    expect(renderResultLine({ status: 'done', change, id: 'sms-job-1', milliseconds: 312 }, plain)).toBe(
      'sdsc-01/web: created (sms-job-1) after 0.3 s',
    );
    const deleted = changeOf('web', { ...more, action: 'delete', id: 'sms-job-2' });
    expect(renderResultLine({ status: 'done', change: deleted, milliseconds: 61_000 }, plain)).toBe(
      'sdsc-01/web: deleted (sms-job-2) after 1 min 1 s',
    );
    const released = { ...deleted, replicatesOn: true } as const;
    expect(renderResultLine({ status: 'done', change: released, milliseconds: 312 }, plain)).toBe(
      'sdsc-01/web: released (sms-job-2) after 0.3 s',
    );
    const test = changeOf('web', { ...more, action: 'advance', id: 's-1', step: 'StartTest' });
    expect(renderResultLine({ status: 'done', change: test, milliseconds: 312 }, plain)).toBe(
      'sdsc-01/web: advanced (s-1) by StartTest after 0.3 s',
    );
    expect(
      renderResultLine({ status: 'done', change: test, detail: 'job\t1', milliseconds: 312 }, plain),
    ).toBe('sdsc-01/web: advanced (s-1) by StartTest: job\\u{9}1, after 0.3 s');
    expect(
      renderResultLine(
        { status: 'failed', change, code: 'THROTTLED', message: 'too\nfast', milliseconds: 1 },
        plain,
      ),
    ).toBe('sdsc-01/web: failed THROTTLED: too\\u{a}fast');
    expect(renderResultLine({ status: 'not-tried', change, reason: 'interrupted' }, plain)).toBe(
      'sdsc-01/web: not tried: interrupted',
    );
  });
});

describe('the bar on a terminal', () => {
  const bar = (progress: Partial<ApplyProgress>): string =>
    renderProgressBar({ total: 90, ended: 45, failed: 0, inFlight: 0, width: 80, ...progress }, plain);

  it('shows how far an apply is', () => {
    expect(bar({ width: 19 })).toBe('[#####.....] 45/90');
    expect(bar({ failed: 2, inFlight: 8, width: 42 })).toBe('[#####.....] 45/90  2 failed  8 in flight');
    expect(bar({ ended: 0, width: 18 })).toBe('[..........] 0/90');
    expect(bar({ ended: 89, width: 19 })).toBe('[#########.] 89/90');
    expect(bar({ ended: 90, width: 19 })).toBe('[##########] 90/90');
    expect(bar({ total: 0, ended: 0, width: 17 })).toBe('[##########] 0/0');
  });

  it('is 40 wide at most, and gone where there is no room', () => {
    expect(bar({ width: 200 })).toHaveLength('[] 45/90'.length + 40);
    expect(bar({ width: 12 })).toBe('45/90');
    expect(bar({ width: 4 })).toBe('45/');
    expect(bar({ width: 0 })).toBe('');
  });

  it('never reaches the last column, nor breaks on odd counts', () => {
    const counts = fc.record({
      total: fc.nat(200),
      ended: fc.nat(300),
      failed: fc.nat(20),
      inFlight: fc.nat(20),
      width: fc.nat(120),
    });
    fc.assert(
      fc.property(counts, (progress) => {
        expect(renderProgressBar(progress, plain).length).toBeLessThanOrEqual(
          Math.max(progress.width - 1, 0),
        );
      }),
    );
  });
});
