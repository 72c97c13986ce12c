import type { LockHolder } from '../../src/core/lock.ts';
import type { Clock } from '../../src/core/time.ts';

export const HOLDER: LockHolder = {
  id: '11111111-2222-4333-8444-555555555555',
  operation: 'apply',
  project: 'ucop',
  target: 'production',
  who: 'jo@ci-7',
  since: '2026-11-23T08:00:00Z',
  from: 'https://github.com/ucop/waves/actions/runs/42',
  commit: '1a2b3c4d5e6f7081920a1b2c3d4e5f6071829304',
};

export function holder(id: string, more: Partial<LockHolder> = {}): LockHolder {
  return { ...HOLDER, id, ...more };
}

/** A clock whose waits are over at once. */
export function quickClock(): Clock & { now: () => number } {
  let now = Date.parse('2026-11-23T08:00:00Z');
  return {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}
