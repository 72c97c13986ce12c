import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from '../../src/local/simulation/queues.ts';

it('a heap returns its items in order, whatever the order of pushes and pops', () => {
  const steps = fc.array(fc.oneof(fc.integer(), fc.constant('take' as const)));
  fc.assert(
    fc.property(steps, (script) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of script) {
        if (step === 'take') expect(heap.pop()).toBe(model.shift());
        else {
          heap.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect(heap.peek()).toBe(model[0]);
      }
      for (const expected of model) expect(heap.pop()).toBe(expected);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
