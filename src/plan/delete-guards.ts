import type { Concern } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import { byKeys } from '../core/order.ts';
import type { Change } from '../core/plan.ts';
import { append } from './append.ts';
import type { TargetInput } from './input.ts';
import { listed } from './listed.ts';
import type { Part } from './part.ts';
import { raiseForTarget } from '../core/raise.ts';
import type { Resolved } from './resolve-all.ts';

/**
 * Holds deletes back while it is not certain which server some VM is: of every wave that has such a VM (the job may
 * be that VM's), and wherever such a VM might have meant the server of the job (its wave may have been renamed).
 * Says so once a wave.
 */
export function guardUnresolved(
  { target }: TargetInput,
  { problems, rivals, suspected }: Resolved,
  changes: readonly Change[],
): Part {
  const uncertain = new Map<string, DesiredVm[]>();
  for (const vm of [...problems.keys(), ...rivals.keys()]) append(uncertain, vm.wave, vm);
  const held = new Map<string, { count: number; vms: Set<DesiredVm> }>();
  const guarded = changes.map((change) => {
    const ofWave = uncertain.get(change.wave);
    const ofServer = suspected.get(change.serverId);
    if (ofWave === undefined && ofServer === undefined) return change;

    const wave = held.get(change.wave) ?? { count: 0, vms: new Set(ofWave) };
    wave.count += 1;
    for (const vm of ofServer ?? []) wave.vms.add(vm);
    held.set(change.wave, wave);
    return { ...change, blockedBy: ['delete.unresolved'] };
  });
  const concerns = [...held].map(([wave, { count, vms }]) =>
    heldBack(target.name, wave, count, [...vms].toSorted(byAddress)),
  );
  return { changes: guarded, concerns };
}

/** Refuses to delete all jobs of a target because its last manifest is gone, unless that is said to be meant. */
export function guardEmpty({ target, vms, allowEmpty, observed, project }: TargetInput, deletes: Part): Part {
  const { length } = deletes.changes;
  if (vms.length > 0 || allowEmpty || length === 0) return deletes;
  const managed = observed.jobs.filter(({ owner }) => owner?.project === project).length;
  const concern = raiseForTarget('guard.allow-empty', target.name, {
    message: `no manifest has a VM for target "${target.name}", and its replication jobs would be deleted: ${length} of ${managed}`,
    remedy: 'run with --allow-empty if that is meant',
    place: target.place,
  });
  return {
    changes: deletes.changes.map((change) => ({ ...change, blockedBy: ['guard.allow-empty'] })),
    concerns: [...deletes.concerns, concern],
  };
}

const byAddress = byKeys<DesiredVm>(({ address }) => address);

function heldBack(target: string, wave: string, count: number, vms: readonly DesiredVm[]): Concern {
  const place = vms[0]?.place;
  const deletes = count === 1 ? `1 delete of wave "${wave}" is` : `${count} deletes of wave "${wave}" are`;
  const which = vms.length === 1 ? 'this VM is' : 'these VMs are';
  return raiseForTarget('delete.unresolved', target, {
    message: `${deletes} held back, as it is not certain which server ${which}: ${listed(vms.map(({ address }) => address))}`,
    remedy: 'mend that first: the next plan deletes what is still in no manifest',
    ...(place === undefined ? {} : { place }),
  });
}
