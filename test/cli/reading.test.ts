import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { readingProgress } from '../../src/cli/events.ts';
import type { WorkflowEvent } from '../../src/core/environment.ts';
import { FakeClock } from '../providers/sms/mocked.ts';

function reading(isTerminal: boolean, quiet = false) {
  const clock = new FakeClock();
  let written = '';
  const write = (text: string): void => void (written += text);
  const show = readingProgress({
    host: { stderr: { write, isTerminal, columns: 60, rows: 24 }, clock },
    errorColors: picocolors.createColors(false),
    log: write,
    ...{ verbose: false, canRedraw: true, quiet },
  });
  return {
    after: async (milliseconds: number, event: WorkflowEvent) => {
      await clock.sleep(milliseconds);
      written = '';
      show(event);
      return written;
    },
  };
}

const at = (done: number, target = 'prod'): WorkflowEvent => ({
  ...{ kind: 'target-reading', target, done, total: 400 },
});
const ERASE = '\r\u001b[K';

describe('the progress of reading an account', () => {
  it('is a bar on a terminal, which is erased before anything else is printed', async () => {
    const { after } = reading(true);
    expect(await after(0, at(1))).toBe('');
    expect(await after(1900, at(40))).toBe('');
    expect(await after(200, at(100))).toBe(
      `${ERASE}reading target prod [#######......................] 100/400`,
    );
    expect(await after(50, at(101))).toBe('');
    expect(await after(100, at(200, 'test'))).toContain('301/800');
    expect(await after(1, { kind: 'every-wave-planned', reason: 'x', revision: 'y' })).toBe(ERASE);
    expect(await after(1, { kind: 'target-read', target: 'prod' })).toBe('');
  });

  it('is a line each half minute in a pipeline, and nothing with --quiet', async () => {
    const { after } = reading(false);
    expect(await after(0, at(1))).toBe('');
    expect(await after(29_000, at(50))).toBe('');
    expect(await after(1000, at(60))).toBe('reading target prod: 60 of 400 configurations\n');
    expect(await after(29_000, at(300))).toBe('');
    expect(await after(1000, at(310))).toBe('reading target prod: 310 of 400 configurations\n');
    expect(await after(0, { kind: 'target-read', target: 'prod' })).toBe('');
    const silent = reading(true, true);
    await silent.after(0, at(1));
    expect(await silent.after(60_000, at(2))).toBe('');
  });
});
