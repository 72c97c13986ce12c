import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tries } from '../../setup/tries.ts';
import { migrate, projects } from './migration.ts';

it('no VM goes before what it waits for, outside its window or over a cap, and every VM arrives', () => {
  fc.assert(
    fc.property(projects, (project) => {
      const { problems, arrived, of } = migrate(project);
      expect(problems).toEqual([]);
      expect(arrived).toBe(of);
    }),
    tries(8),
  );
});
