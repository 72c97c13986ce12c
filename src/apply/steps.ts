import type { LandfallError } from '../core/error.ts';
import type { Change } from '../core/plan.ts';
import type { Provider, StepResult } from '../core/provider.ts';
import { byText } from '../core/order.ts';

/** Changes that take the same step, as many together as one call takes, steps in the order of their names. */
export function batchesOf(changes: readonly Change[], size: number): readonly (readonly Change[])[] {
  const bySteps = new Map<string, Change[][]>();
  for (const change of changes) {
    if (change.action !== 'advance') continue;
    const step = change.step ?? '';
    const batches = bySteps.get(step) ?? [];
    if (batches.length === 0) bySteps.set(step, batches);
    const last = batches.at(-1);
    if (last === undefined || last.length >= size) batches.push([change]);
    else last.push(change);
  }
  return [...bySteps].toSorted(([a], [b]) => byText(a, b)).flatMap(([, batches]) => batches);
}

type Taken = Pick<StepResult, 'detail'> & { readonly error?: unknown };

/** Takes a step with some jobs: what became of each, also where the provider tells of none. */
export async function takeStep(
  step: string,
  changes: readonly Change[],
  provider: Provider,
): Promise<readonly (readonly [Change, Taken])[]> {
  const requests = changes.map(({ id = '', serverId, owner, settings }) => ({
    id,
    serverId,
    owner,
    settings,
  }));
  let results: ReadonlyMap<string, { readonly detail?: string; readonly error?: LandfallError }>;
  try {
    results = new Map((await provider.advance(step, requests)).map((result) => [result.id, result]));
  } catch (error) {
    return changes.map((change) => [change, { error }]);
  }
  return changes.map((change) => {
    const taken = results.get(change.id ?? '');
    return [change, taken ?? { error: new Error(`the provider does not say what became of ${step}`) }];
  });
}
