import { describe, expect, it } from '@jest/globals';
import { createTurnBatcher } from '../../../src/network/http-handler.ts';

const turn = () => new Promise(setImmediate);

describe('groups in step', () => {
  it('go on once they are full, and whatever is left in the same turn', async () => {
    const inStep = createTurnBatcher(3);
    const gone: number[] = [];
    for (const number of [1, 2, 3, 4, 5]) inStep(() => gone.push(number));
    expect(gone).toEqual([1, 2, 3]);
    await turn();
    expect(gone).toEqual([1, 2, 3, 4, 5]);
  });

  it('leave nobody behind, turn after turn', async () => {
    const inStep = createTurnBatcher(2);
    let gone = 0;
    for (let count = 1; count <= 7; count += 1) {
      inStep(() => (gone += 1));
      if (count % 3 === 0) await turn();
    }
    await turn();
    expect(gone).toBe(7);
  });
});
