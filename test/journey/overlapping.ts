import fc from 'fast-check';
import { toAddress } from '../../src/core/names.ts';
import type { PlanInput } from '../../src/plan/input.ts';

/** The other target of the same account and region, and its wave. */
const SECOND = 'second';
const WAVE = 'w3';

/**
 * Gives the account a second target, which sees the same servers and jobs: some VMs are in a wave of it, some in a wave of
 * each. Both targets are read.
 */
export function overlapping(accounts: fc.Arbitrary<PlanInput>): fc.Arbitrary<PlanInput> {
  const place = fc.constantFrom('first' as const, 'first' as const, 'second' as const, 'both' as const);
  return fc
    .tuple(accounts, fc.array(place, { minLength: 4, maxLength: 4 }))
    .map(([input, places]): PlanInput => {
      const { desired, observed, traits } = input;
      const [target] = desired.targets;
      const [wave] = desired.waves;
      const account = observed.get('production');
      const own = traits.get('production');
      if (target === undefined || wave === undefined || account === undefined || own === undefined)
        throw new Error('the account has no target');
      return {
        ...input,
        desired: {
          ...desired,
          targets: [target, { ...target, name: SECOND }],
          waves: [...desired.waves, { ...wave, name: WAVE, target: SECOND }],
          vms: desired.vms.flatMap((vm, index) => {
            const name = vm.address.slice(vm.wave.length + 1);
            const moved = { ...vm, address: toAddress(`${WAVE}/${name}`), wave: WAVE, target: SECOND };
            const at = places[index] ?? 'first';
            return at === 'both' ? [vm, moved] : [at === 'second' ? moved : vm];
          }),
        },
        observed: new Map([...observed, [SECOND, account]]),
        traits: new Map([...traits, [SECOND, own]]),
      };
    });
}
