import { it } from '@jest/globals';
import { expectOrder } from './migration.ts';

it('no VM goes before what it waits for, outside its window or over a cap, and every VM arrives', () => {
  expectOrder(40);
});
