import type { Concern } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { toAddress } from '../../core/names.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import type { OnDemandResult, Status, VmEntry, VmStatus } from '../../core/status.ts';
import {
  hasActiveOrDueRun,
  refuseBeyondCaps,
  refuseRun,
  refuseUnknownLimits,
  type RunCap,
  runCaps,
  type VmSnapshot,
} from '../../journey/on-demand.ts';
import { stopReason } from '../../apply/index.ts';
import type { ChangeResult } from '../account/change-target.ts';
import { type LockOptions, Locks } from '../locking/locks.ts';
import { readValidManifests } from '../manifests.ts';
import { findTarget, getOfTarget, requireFeature } from '../targets.ts';
import { openVms, readRuns, type VmSelection } from './vm-selection.ts';
import { watchRuns } from './watching.ts';

export interface OnDemandOptions extends LockOptions {
  /** Targets; names or globs. */
  readonly target?: readonly string[];
  /** The description of the runs. */
  readonly description?: string;
  /** Decides whether runs of `able` are started. `refused` has the reason of each other VM. */
  readonly approve: (able: readonly VmEntry[], refused: ReadonlyMap<VmEntry, string>) => Promise<boolean>;
  /** Waits until the runs have ended. The interval is in milliseconds. */
  readonly wait?: { readonly interval: number; readonly onStatus: (status: Status) => void };
}

/** What became of the runs, and the targets that could not be read: no run of theirs was started. */
type OnDemandEnd = ChangeResult<readonly OnDemandResult[]> & { readonly unreachable?: readonly Concern[] };

/**
 * Starts an on-demand run of each VM's job that may have one, under the locks of the targets.
 * @param names waves, VMs, paths, servers or jobs; names or globs
 * @returns one result for each VM, in order
 * @throws LandfallError VM_UNKNOWN, TARGET_UNKNOWN, NOT_SUPPORTED or LOCK_HELD
 */
export async function runOnDemand(
  workspace: Workspace,
  names: readonly string[],
  options: OnDemandOptions,
): Promise<OnDemandEnd> {
  await using locks = new Locks(workspace, options, 'run');
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using scene = await openVms(workspace, manifests, options, names, { locks });
  for (const { target } of scene.chosen) {
    requireFeature(scene.operations.get(target), findTarget(scene.desired.targets, target), 'run');
  }
  const { unreachable } = scene;
  const refused = await findRefusedRuns(scene);
  const able = scene.chosen.filter((subject) => !refused.has(subject));
  if (able.length > 0 && !((await options.approve(able, refused)) && (await locks.canContinue())))
    return { kind: 'ended', done: undefined, ...locks.ending, unreachable };
  const started = await startRuns(workspace, scene, able, options.description, locks);
  // Runs take hours. Waiting for them changes nothing, and so needs no lock.
  await locks.release();
  const waited =
    options.wait === undefined ? started : await waitFor(workspace, scene, started, options.wait);
  const done = inChosenOrder(scene.chosen, waited, refused);
  return { kind: 'ended', done, ...locks.ending, unreachable };
}

function inChosenOrder(
  chosen: readonly VmEntry[],
  results: readonly OnDemandResult[],
  refused: ReadonlyMap<VmEntry, string>,
): readonly OnDemandResult[] {
  const bySubject = new Map(results.map((result) => [result.subject, result]));
  return chosen.flatMap((subject): readonly OnDemandResult[] => {
    const reason = refused.get(subject);
    if (reason !== undefined) return [{ status: 'refused', subject, reason }];
    return [bySubject.get(subject) ?? []].flat();
  });
}

/** Waits until the runs have ended or the user interrupts. The service continues them in either case. */
async function waitFor(
  { host, onEvent }: Workspace,
  scene: VmSelection,
  results: readonly OnDemandResult[],
  { interval, onStatus }: NonNullable<OnDemandOptions['wait']>,
): Promise<readonly OnDemandResult[]> {
  const ids = new Map(
    results.flatMap((result) =>
      result.status === 'started' ? [[keyOfVm(result.subject), result.runId]] : [],
    ),
  );
  const runOf = ({ job, past, address, target }: VmStatus): ReplicationRun | undefined =>
    [job, ...past]
      .flatMap((one) => one?.runs ?? [])
      .find(({ id }) => id === ids.get(keyOfVm({ address, target })));
  const last = await watchRuns(host, scene, {
    interval,
    isStale: true,
    onStatus,
    onLeave() {
      const started = results.filter((result) => result.status === 'started');
      onEvent?.({ kind: 'runs-left', starting: [], started });
    },
    // A run that is not listed yet is waited for as long as its job is there.
    waitsFor: (vm) => ids.has(keyOfVm(vm)) && vm.job !== undefined && !hasEnded(runOf(vm)),
  });
  const seen = new Map(last.vms.map((vm) => [keyOfVm(vm), vm]));
  return results.map((result) => {
    const vm = seen.get(keyOfVm(result.subject));
    if (result.status !== 'started' || vm === undefined) return result;
    const latest = runOf(vm);
    const isLost = vm.job === undefined && !hasEnded(latest);
    return { ...result, ...(latest !== undefined && { run: latest }), ...(isLost && { lost: true }) };
  });
}

function keyOfVm({ target, address }: Pick<VmStatus, 'target' | 'address'>): string {
  return JSON.stringify([target, address]);
}

/** Whether a run is over, well or not. */
export function hasEnded(seen: ReplicationRun | undefined): boolean {
  return seen !== undefined && seen.state !== 'pending' && seen.state !== 'active';
}

/** The chosen VMs whose jobs may not run now, and why: what the service would refuse, and what caps have no room for. */
async function findRefusedRuns(scene: VmSelection): Promise<ReadonlyMap<VmEntry, string>> {
  const { desired, observed, operations, subjects, chosen, traits } = scene;
  const seen = await readRuns(operations, chosen);
  const refused = new Map<VmEntry, string>();
  for (const sighting of seen) {
    const { server, target } = sighting.subject;
    const account = observed.get(target);
    const problem = server && account && traits.get(target)?.connectorProblem?.(server, account);
    const reason =
      refuseRun(sighting, desired.project, problem) ?? refuseUnknownLimits(desired, sighting.subject);
    if (reason !== undefined) refused.set(sighting.subject, reason);
  }

  const able = chosen.filter((subject) => !refused.has(subject));
  const caps = runCaps(desired, observed, subjects).filter((cap) =>
    able.some(({ target, job }) => target === cap.target && job !== undefined && cap.jobs.has(job.id)),
  );
  const busy = await busyJobs(scene, caps, seen);
  const full = refuseBeyondCaps(able, caps, (target, id) => busy.has(keyOf(target, id)));
  return new Map([...refused, ...full]);
}

/** The jobs under the caps that have a run active or waiting; those that were not seen yet cost a call each. */
async function busyJobs(
  { operations }: VmSelection,
  caps: readonly RunCap[],
  seen: readonly VmSnapshot[],
): Promise<ReadonlySet<string>> {
  const known = new Set(seen.map(({ subject }) => keyOf(subject.target, subject.job?.id)));
  const unseen = new Map<string, VmEntry>();
  for (const { target, jobs } of caps) {
    for (const [id, job] of jobs) {
      const key = keyOf(target, id);
      if (!known.has(key)) unseen.set(key, { address: toAddress(id), target, job, past: [] });
    }
  }
  const all = [...seen, ...(await readRuns(operations, [...unseen.values()]))];
  return new Set(all.filter(hasActiveOrDueRun).map(({ subject }) => keyOf(subject.target, subject.job?.id)));
}

/**
 * Starts a run of each VM's job, as many at once as the targets allow; a failure stops no other. An interrupt and a lost
 * lock stop the starting. The event `runs-left` names what is started, and being started, when the user leaves.
 */
async function startRuns(
  { onEvent }: Workspace,
  { desired, operations }: VmSelection,
  subjects: readonly VmEntry[],
  description: string | undefined,
  { signal, leaving }: Locks,
): Promise<readonly OnDemandResult[]> {
  const starting = new Set<VmEntry>();
  const results: OnDemandResult[] = [];
  leaving.addEventListener('abort', () => {
    const started = results.filter((result) => result.status === 'started');
    onEvent?.({ kind: 'runs-left', starting: [...starting], started });
  });
  async function start(subject: VmEntry): Promise<OnDemandResult> {
    const { target, job } = subject;
    if (signal.aborted) return { status: 'refused', subject, reason: stopReason(signal) };
    starting.add(subject);
    try {
      const runId = await getOfTarget(operations, target).startRun(job?.id ?? '', description);
      return { status: 'started', subject, runId };
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      const { code, message, remedy } = error;
      return { status: 'failed', subject, code, message, ...(remedy !== undefined && { remedy }) };
    } finally {
      starting.delete(subject);
    }
  }
  await Promise.all(
    desired.targets.flatMap(({ name, limits }) => {
      const waiting = subjects.filter(({ target }) => target === name);
      return Array.from({ length: Math.min(limits.apiRequests, waiting.length) }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          results.push(await start(next));
      });
    }),
  );
  return results;
}

function keyOf(target: string, jobId: string | undefined): string {
  return JSON.stringify([target, jobId]);
}
