import type { FollowedVm } from '../core/apply-result.ts';
import type { Concern } from '../core/concern.ts';
import { isStopped } from '../core/journey.ts';
import { type Change, isExecutable, type Plan } from '../core/plan.ts';
import type { Status, VmStatus } from '../core/status.ts';
import { vmKey } from './approved.ts';

/** Where a VM stands, before it is known since when. */
export type Standing = Omit<FollowedVm, 'since'>;

interface StandingInput {
  /** The plan of the VMs that the run may still change. */
  readonly plan: Plan;
  /** Of all VMs of the run. */
  readonly status: Status;
  /** Why the run changes a VM no more, by the key of the VM. */
  readonly stopped: ReadonlyMap<string, string>;
  /** Changes that were tried, and are tried again later. */
  readonly later: ReadonlySet<Change>;
  /** Whether a change waits for a wave of another target, which another run may bring further. */
  readonly waitsElsewhere: (change: Change) => boolean;
}

/** Where the VMs of a round stand. */
export interface Standings {
  readonly vms: readonly Standing[];
  /** Nothing of what the run may do, and nothing that the service does, brings a VM further. */
  readonly isOver: boolean;
}

/**
 * Finds where each VM stands after an observation. VMs that wait only for others which are stuck are stuck themselves:
 * otherwise such a run would not end.
 */
export function findStandings(input: StandingInput): Standings {
  const { plan, status, stopped } = input;
  const changes = new Map(plan.changes.map((change) => [vmKey(change), change]));
  const concerns = new Map<string, Concern>();
  for (const concern of plan.concerns) {
    const { severity, address, target = '' } = concern;
    if (severity === 'critical' && address !== undefined) concerns.set(vmKey({ target, address }), concern);
  }
  const found = status.vms.flatMap((vm) => {
    const key = vmKey(vm);
    const change = changes.get(key);
    // A job that no manifest names is part of the run if it is to be deleted.
    if (vm.wave === undefined || (vm.vm === undefined && change === undefined && !stopped.has(key)))
      return [];
    return [standingOf({ ...vm, wave: vm.wave }, change, concerns.get(key), stopped.get(key), input)];
  });
  const isMoving = found.some(({ state, isHeld }) => state === 'moving' || (state === 'waiting' && !isHeld));
  const isOver = !isMoving && !hasJobsOfService(plan);
  return {
    vms: found.map(({ isHeld, ...vm }) =>
      isOver && isHeld && vm.state === 'waiting'
        ? { ...vm, state: 'stuck', next: 'nothing that this run does ends its wait' }
        : vm,
    ),
    isOver,
  };
}

/** Whether VMs wait for jobs of the service that end by themselves, whoever has started them. */
function hasJobsOfService({ capacity }: Plan): boolean {
  return capacity.some(({ of, active, deferred }) => of !== undefined && active > 0 && deferred > 0);
}

/** `isHeld`: it could take its step, and waits for another VM or for a slot. */
type Found = Standing & { readonly isHeld?: boolean };

function standingOf(
  vm: VmStatus & { readonly wave: string },
  change: Change | undefined,
  concern: Concern | undefined,
  stopped: string | undefined,
  { later, waitsElsewhere }: Pick<StandingInput, 'later' | 'waitsElsewhere'>,
): Found {
  const { address, label, target, wave, stage, next } = vm;
  const base = { address, target, wave, stage, ...(label !== undefined && { label }) };
  const stuck = (reason: string, fix = next.actor === 'person' ? next.text : undefined): Found => ({
    ...{ ...base, state: 'stuck', reason },
    ...(fix !== undefined && fix !== '' && fix !== reason && { next: fix }),
  });
  const waiting = (reason: string): Found => ({ ...base, state: 'waiting', reason, ...stepsAfter(change) });

  if (stopped !== undefined) return stuck(stopped, 'run `landfall plan`, and review what it shows');
  if (
    change === undefined ||
    change.blockedBy.length > 0 ||
    (change.action === 'no-op' && concern !== undefined)
  ) {
    if (change === undefined && next.actor === 'nobody') return arrived(base, vm);
    const blocks = change === undefined ? next.text : `blocked by ${change.blockedBy.join(', ')}`;
    const reason = concern?.message ?? blocks;
    return stuck(reason, next.actor === 'person' ? next.text : concern?.remedy);
  }
  if (isExecutable(change)) {
    const what = change.action === 'advance' ? `takes ${change.step}` : `${change.action} of its job`;
    if (later.has(change)) return waiting(`${change.step ?? change.action} was tried, and is tried again`);
    return { ...base, state: 'moving', reason: what, ...stepsAfter(change) };
  }
  if (change.action === 'no-op') {
    if (isStopped(stage)) return stuck(`its replication is ${stage}`);
    if (stage === 'failing' && next.actor === 'person') return stuck(next.text);
    if (stage === 'failing' || stage === 'waiting') return waiting(next.text);
    if (stage === 'seeding') {
      const first = 'its first replication';
      return waiting(`waits for ${first}${next.text === first ? '' : ` (${next.text})`}`);
    }
    return arrived(base, vm, change.reason);
  }
  if (next.actor === 'person') return stuck(next.text, '');
  const { heldBy, opensAt } = change;
  const isHeld =
    heldBy === undefined
      ? vm.activity === undefined && next.waitsFor === 'cap'
      : heldBy === 'dependency' && !waitsElsewhere(change);
  const wait = waiting(next.text === '' ? change.reason : next.text);
  return { ...wait, isHeld, ...(opensAt !== undefined && { opensAt }) };
}

function arrived(
  base: Pick<Standing, 'address' | 'target' | 'wave' | 'stage'>,
  vm: VmStatus,
  reason?: string,
): Found {
  return { ...base, state: 'arrived', reason: reason ?? vm.detail ?? vm.stage.replaceAll('-', ' ') };
}

/** The steps that follow what a VM does or waits for, as a part of a standing. */
function stepsAfter(change: Change | undefined): Pick<Standing, 'next'> {
  const steps =
    change?.action === 'defer' ? [change.step ?? [], change.remaining ?? []].flat() : change?.remaining;
  return steps === undefined || steps.length === 0 ? {} : { next: `then ${steps.join(', ')}` };
}
