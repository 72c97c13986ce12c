import type { Change } from '../core/plan.ts';
import { raiseForTarget } from '../core/raise.ts';
import { append } from './append.ts';
import type { TargetInput } from './input.ts';
import type { Part } from './part.ts';

const ID = 'phase.unconfirmed';

/** Blocks steps that cannot be undone, until `--confirm-finalize` names their wave; one concern a wave. */
export function guardIrreversible(
  { target, confirmFinalize }: TargetInput,
  { changes, concerns }: Part,
): Part {
  const unconfirmed = new Map<string, Change[]>();
  for (const change of changes) {
    const { irreversible, wave } = change;
    if (irreversible === true && !confirmFinalize(wave)) append(unconfirmed, wave, change);
  }
  if (unconfirmed.size === 0) return { changes, concerns };
  const raised = [...unconfirmed].map(([wave, steps]) => {
    const vms = steps.length === 1 ? '1 VM' : `${steps.length} VMs`;
    const words = [...new Set(steps.map(({ step = '' }) => step))].join(' and ');
    return raiseForTarget(ID, target.name, {
      message: `${words} of ${vms} of wave "${wave}" cannot be undone`,
      remedy: `once the cut-over has been looked at, run with --confirm-finalize ${wave}`,
    });
  });
  const held = new Set([...unconfirmed.values()].flat());
  return {
    changes: changes.map((change) =>
      held.has(change) ? { ...change, blockedBy: [...change.blockedBy, ID] } : change,
    ),
    concerns: [...concerns, ...raised],
  };
}
