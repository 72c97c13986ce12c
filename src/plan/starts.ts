import type { DesiredWave } from '../core/desired.ts';
import type { Capacity, Change } from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import type { Servers } from '../journey/servers.ts';
import { applyCaps } from './caps.ts';
import type { GatedVm, TargetInput } from './input.ts';
import { deferJob, holdOf } from './steps.ts';

/** The VMs of a target. */
interface TargetVms {
  readonly servers: Servers;
  readonly resolved: ResolvedVms;
  /** Those that the gates of the plan have looked at, by address. */
  readonly gated: ReadonlyMap<string, GatedVm>;
}

/**
 * Decides which replications start, within the caps and each in its turn. The VMs of a staggered wave whose turn comes
 * when no window is open take no slot: the caps are applied again without them, until all that start may.
 */
export function startChanges(
  input: TargetInput,
  waves: readonly DesiredWave[],
  { servers, resolved, gated }: TargetVms,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly capacity: readonly Capacity[] } {
  const { gates } = input;
  let due = gates?.stagger(input, changes, 'before-caps', gated) ?? changes;
  for (;;) {
    const capped = applyCaps(input, waves, servers, resolved, due);
    if (gates === undefined) return capped;
    const started = gates.stagger(input, capped.changes, 'after-caps', gated);
    // Those of a wave that come after one whose turn is too late are later still.
    const late = new Map<string, Change>();
    for (const [index, change] of started.entries())
      if (change.action === 'defer' && capped.changes[index]?.action === 'create')
        late.set(change.wave, late.get(change.wave) ?? change);
    if (late.size === 0) return { ...capped, changes: started };
    const starting = new Set(
      started.filter(({ action }) => action === 'create').map(({ address }) => address),
    );
    due = due.map((change) => {
      const first = change.action === 'create' ? late.get(change.wave) : undefined;
      return first === undefined || change.action !== 'create' || starting.has(change.address)
        ? change
        : deferJob(change, first.reason ?? '', holdOf(first));
    });
  }
}
