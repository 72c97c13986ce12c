import { addToGroup, groupBy } from '../core/lists.ts';
import type { Model } from './model.ts';
import { CUTOVER, PHASES_IN_A_RUN, type SimVm } from './position.ts';

/** A VM that starts a phase. */
export interface Started {
  readonly vm: number;
  readonly phase: number;
}

/** A quota of launches. */
type JobQuota = 'jobs' | 'servers-in-jobs';

/** The quotas of launches in one run of the simulation, and who waits for them. */
export class JobSlots {
  readonly #model: Model;
  /** VMs that wait for a launch, by wave and phase. */
  readonly #waiting = new Map<number, number[]>();
  readonly #jobs: number[];
  readonly #servers: number[];
  readonly #jobOf = new Map<number, { left: number; readonly size: number }>();

  constructor(model: Model) {
    this.#model = model;
    this.#jobs = model.targets.map(() => 0);
    this.#servers = model.targets.map(() => 0);
  }

  /** Queues a VM for a step for which the service makes a job. */
  wait(vm: number, phase: number): void {
    addToGroup(this.#waiting, (this.#model.vms[vm]?.wave ?? 0) * PHASES_IN_A_RUN + phase, vm);
  }

  /** Ends the part of a VM in a job; the job ends with its last VM. Returns whether the job has ended. */
  end(vm: number): boolean {
    const job = this.#jobOf.get(vm);
    const { target = 0 } = this.#model.vms[vm] ?? {};
    if (job === undefined) return false;
    this.#jobOf.delete(vm);
    job.left -= 1;
    if (job.left > 0) return false;
    this.#jobs[target] = (this.#jobs[target] ?? 0) - 1;
    this.#servers[target] = (this.#servers[target] ?? 0) - job.size;
    return true;
  }

  /**
   * Starts launches under the quotas, in the order of slots: the servers of a wave that take the same step share jobs, and
   * a group that starts together fits as a whole or waits, unless it is larger than a quota.
   */
  start(target: number, started: Started[], blocking: Set<string>): void {
    const { quotas, order } = this.#model.targets[target] ?? {};
    if (quotas === undefined || order === undefined) return;
    const taken = new Map<number, number[]>();
    const refused: Started[] = [];
    let jobs = this.#jobs[target] ?? 0;
    let servers = this.#servers[target] ?? 0;
    const take = (part: readonly Started[]): void => {
      const [first] = part;
      if (first === undefined) return;
      const key = (this.#model.vms[first.vm]?.wave ?? 0) * PHASES_IN_A_RUN + first.phase;
      const before = taken.get(key)?.length ?? 0;
      const more = Math.ceil((before + part.length) / quotas.batch) - Math.ceil(before / quotas.batch);
      const full: JobQuota | undefined =
        jobs + more > quotas.jobs
          ? 'jobs'
          : servers + part.length > quotas.servers
            ? 'servers-in-jobs'
            : undefined;
      if (full !== undefined) {
        blocking.add(full);
        refused.push(...part);
        return;
      }
      jobs += more;
      servers += part.length;
      for (const one of part) addToGroup(taken, key, one.vm);
    };
    for (const unit of this.#units(target)) {
      const isLarger = unit.length > quotas.servers || Math.ceil(unit.length / quotas.batch) > quotas.jobs;
      for (const part of isLarger ? unit.map((one) => [one]) : [unit]) take(part);
    }
    for (const { vm, phase } of refused) this.wait(vm, phase);
    for (const [key, vms] of taken)
      for (let from = 0; from < vms.length; from += quotas.batch) {
        const members = vms.slice(from, from + quotas.batch);
        const job = { left: members.length, size: members.length };
        for (const vm of members) {
          this.#jobOf.set(vm, job);
          started.push({ vm, phase: key % PHASES_IN_A_RUN });
        }
      }
    this.#jobs[target] = jobs;
    this.#servers[target] = servers;
  }

  /** Takes what waits on a target, in the order of slots: VMs that start together as one. */
  #units(target: number): readonly (readonly Started[])[] {
    const { vms, targets, waves } = this.#model;
    const waiting: Started[] = [];
    for (const [key, members] of this.#waiting) {
      if (waves[Math.floor(key / PHASES_IN_A_RUN)]?.target !== target) continue;
      for (const vm of members) waiting.push({ vm, phase: key % PHASES_IN_A_RUN });
      this.#waiting.delete(key);
    }
    if (waiting.length === 0) return [];
    const rankOf = ({ vm }: Started): number => vms[vm]?.rank ?? 0;
    const waveOf = ({ vm }: Started): string => vms[vm]?.vm.wave ?? '';
    const left = groupBy(waiting, waveOf);
    const units = groupBy(
      waiting.toSorted((a, b) => rankOf(a) - rankOf(b)),
      ({ vm, phase }) => groupKey(vms[vm], phase) ?? String(vm),
    );
    const state = { left: (wave: string) => left.get(wave)?.length ?? 0, hasSlot: () => false };
    return targets[target]?.order.sort([...units.values()], ([one]) => (one ? waveOf(one) : ''), state) ?? [];
  }
}

function groupKey(vm: SimVm | undefined, phase: number): string | undefined {
  return phase === CUTOVER && vm?.group !== undefined ? `group ${vm.group}` : undefined;
}
