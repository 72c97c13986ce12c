import type { LandfallError } from '../core/error.ts';
import type { Change } from '../core/plan.ts';
import type { Provider, StepResult } from '../core/provider.ts';
import { byKeys } from '../core/order.ts';

/**
 * Changes of a wave that take the same step, as many together as one call takes: what the service makes of a call
 * belongs to one wave. In the order of steps' and waves' names.
 */
export function batchesOf(changes: readonly Change[], size: number): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  for (const change of changes.filter(({ action }) => action === 'advance').toSorted(byStepAndWave)) {
    const last = batches.at(-1);
    const [first] = last ?? [];
    if (
      last === undefined ||
      last.length >= size ||
      first === undefined ||
      byStepAndWave(first, change) !== 0
    ) {
      batches.push([change]);
    } else {
      last.push(change);
    }
  }
  return batches;
}

const byStepAndWave = byKeys<Change>(
  ({ step = '' }) => step,
  ({ wave }) => wave,
);

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
