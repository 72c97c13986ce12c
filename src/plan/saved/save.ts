import type { Observed } from '../../core/observed.ts';
import type { Place } from '../../core/place.ts';
import type { Plan } from '../../core/plan.ts';
import { isDeed } from '../../core/plan.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { groundOf } from './ground.ts';
import type { Precondition, SavedPlan } from './saved-plan.ts';

/**
 * What is kept of a plan, and of the accounts it was made from (by target name).
 *
 * @param shown how a file of the manifests is called in the saved plan: nothing of this machine
 */
export function savePlan(
  plan: Plan,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
  shown: (file: string) => string,
): SavedPlan {
  const deeds = plan.changes.filter(isDeed);
  const preconditions = [...observed].flatMap(([target, account]) => {
    const ground = groundOf(account, traits.get(target)?.fields ?? []);
    return deeds
      .filter((change) => change.target === target)
      .map((change): Precondition => {
        const { address, serverId } = change;
        const server = ground.server(change) ?? { serverId };
        return { target, address, server, jobs: ground.jobs(change) };
      });
  });
  const rename = <T extends { readonly place?: Place }>(item: T): T =>
    item.place === undefined ? item : { ...item, place: { ...item.place, file: shown(item.place.file) } };
  return {
    plan: { ...plan, changes: plan.changes.map(rename), concerns: plan.concerns.map(rename) },
    preconditions,
  };
}
