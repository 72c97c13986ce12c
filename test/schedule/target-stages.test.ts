import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stagesOfTargets } from '../../src/schedule/target-stages.ts';
import { tries } from '../setup/tries.ts';

/** Waves `target.number`, each with what it depends on. */
function waves(rows: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(rows).map(([name, others]) => ({
    name,
    target: name.split('.')[0] ?? '',
    dependsOn: others.map((wave) => ({ wave, phase: 'cutover' as const })),
  }));
}

const brief = (rows: Readonly<Record<string, readonly string[]>>, names: readonly string[]) =>
  Object.fromEntries(
    [...stagesOfTargets(waves(rows), names)].map(([name, { stage, mutual }]) => [name, [stage, ...mutual]]),
  );

describe('the stages of targets', () => {
  it('are one where no wave depends on a wave of another target', () => {
    expect(brief({ 'a.1': [], 'a.2': ['a.1'], 'b.1': [] }, ['a', 'b', 'unused'])).toEqual({
      a: [1],
      b: [1],
      unused: [1],
    });
  });

  it('come after what they wait for, and are shared by targets that wait for each other', () => {
    const rows = { 'a.1': [], 'b.1': ['a.1', 'c.1'], 'c.1': [], 'c.2': ['b.2'], 'b.2': [], 'd.1': ['c.2'] };
    expect(brief(rows, ['a', 'b', 'c', 'd'])).toEqual({ a: [1], b: [2, 'c'], c: [2, 'b'], d: [3] });
    expect([...stagesOfTargets(waves(rows), ['b'])][0]?.[1].waitsFor).toEqual(['a', 'c']);
  });

  it('leave no gap where targets in between have no runner, and keep their order', () => {
    expect(brief({ 'a.1': [], 'b.1': ['a.1'], 'c.1': ['b.1'] }, ['a', 'c'])).toEqual({ a: [1], c: [2] });
    expect(brief({ 'a.1': [], 'b.1': ['a.1'], 'c.1': ['b.1'], 'd.1': [] }, ['c', 'd'])).toEqual({
      c: [1],
      d: [1],
    });
  });

  it('are later than those of all that a target waits for, whatever the project', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const edges = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const all = names.map((name) => ({
          name: `wave-${name}`,
          target: name,
          dependsOn: pairs
            .filter(([from]) => from === name)
            .map(([, to]) => ({ wave: `wave-${to}`, phase: 'test' as const })),
        }));
        const stages = stagesOfTargets(all, names);
        const of = (name: string) => stages.get(name) ?? { stage: 0, waitsFor: [], mutual: [] };
        for (const [from, to] of pairs) {
          if (from === to) continue;
          const isMutual = of(from).mutual.includes(to);
          expect(of(to).mutual.includes(from)).toBe(isMutual);
          if (isMutual) expect(of(from).stage).toBe(of(to).stage);
          else expect(of(from).stage).toBeGreaterThan(of(to).stage);
        }
        const used = [...new Set(names.map((name) => of(name).stage))].sort();
        expect(used).toEqual(used.map((_, index) => index + 1));
      }),
      tries(100),
    );
  });
});
