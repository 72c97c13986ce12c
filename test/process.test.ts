import { expect, test } from '@jest/globals';
import { getMaxListeners } from 'node:events';
import { processEnvironment } from '../src/process.ts';

test('A thousand calls may wait for one signal, of which Node does not warn, and all end with it', async () => {
  const { clock } = processEnvironment();
  const closed = new AbortController();
  const waiting = Array.from({ length: 1000 }, () => clock.sleep(600_000, closed.signal));
  closed.abort();
  expect(await Promise.all(waiting)).toHaveLength(1000);
  // Node prints a warning where there are more listeners than this.
  expect(getMaxListeners(closed.signal)).toBe(Infinity);
});
