import type { DesiredVm } from '../core/desired.ts';
import { byText } from '../core/order.ts';
import type { Change } from '../core/plan.ts';
import { append } from './append.ts';
import type { Decision } from './decision.ts';
import type { TargetInput } from './input.ts';
import { listed } from './listed.ts';
import type { Part } from './part.ts';
import { raiseForTarget, raiseForVm } from '../core/raise.ts';

const ID = 'protect.refused';

/** Refuses to replace the job of a VM that is protected. */
export function protectVm(vm: DesiredVm, decision: Decision): Decision {
  const { change, concerns } = decision;
  if (!vm.protect || change?.action !== 'replace') return decision;
  const concern = raiseForVm(ID, vm, {
    message: `replication job ${change.id ?? ''} of ${vm.address} is protected and would be replaced: ${change.reason ?? ''}`,
    remedy: 'undo what asks for it; if it is meant, set `protect: false` on the VM',
  });
  return { change: refuse(change), concerns: [...concerns, concern] };
}

/** Refuses to delete jobs whose marker names a protected wave, once a wave; the wave must still be there. */
export function protectWaves({ target, protectedWaves }: TargetInput, { changes, concerns }: Part): Part {
  const held = new Map<string, Change[]>();
  for (const change of changes) if (protectedWaves.has(change.wave)) append(held, change.wave, change);
  const refusals = [...held].map(([wave, deletes]) => {
    const count = deletes.length === 1 ? '1 delete is' : `${deletes.length} deletes are`;
    const addresses = deletes.map(({ address }) => address).toSorted(byText);
    const place = protectedWaves.get(wave)?.place;
    return raiseForTarget(ID, target.name, {
      message: `${count} refused, as wave "${wave}" is protected: ${listed(addresses)}`,
      remedy: 'put the VMs back; if it is meant, take `protect: true` off the wave for this change',
      ...(place === undefined ? {} : { place }),
    });
  });
  return {
    changes: changes.map((change) => (held.has(change.wave) ? refuse(change) : change)),
    concerns: [...concerns, ...refusals],
  };
}

function refuse(change: Change): Change {
  return { ...change, blockedBy: [...change.blockedBy, ID].toSorted(byText) };
}
