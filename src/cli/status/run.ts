import { EXIT, type ExitCode } from '../../core/error.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import type { OnDemandResult, VmEntry, VmStatus } from '../../core/status.ts';
import {
  renderOnDemandJson,
  renderOnDemandRequest,
  renderOnDemandText,
} from '../../report/status/on-demand.ts';
import { type LockOptions, Locks } from '../../workflow/locking/locks.ts';
import { readValidManifests } from '../../workflow/manifests.ts';
import { findRefusedRuns, startRuns } from '../../workflow/runs/on-demand.ts';
import { openVms, type VmSelection } from '../../workflow/runs/vm-selection.ts';
import { watchRuns } from '../../workflow/runs/watching.ts';
import { findTarget, requireFeature } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';
import { eventScreen, liveScreen } from '../screens.ts';

interface Flags extends VmFlags, LockOptions {
  readonly description?: string;
  readonly autoApprove?: boolean;
  readonly wait?: boolean;
  readonly interval: number;
}

/** `landfall run WAVE|VM…`: an on-demand run of each VM's job that may have one, after asking. */
export async function run(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  await using locks = new Locks(context, flags, 'run');
  const manifests = readValidManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using scene = await openVms(context, manifests, flags, names, locks);
  const { colors, errorColors, print } = context;
  for (const { target } of scene.chosen) {
    requireFeature(scene.operations.get(target), findTarget(scene.desired.targets, target), 'run');
  }
  const refused = await findRefusedRuns(scene);
  const able = scene.chosen.filter((subject) => !refused.has(subject));
  if (able.length > 0) {
    announce(context, flags.autoApprove, renderOnDemandRequest(able, refused, { colors: errorColors }));
    const question = `Start ${able.length === 1 ? 'this run' : `these ${able.length} runs`}?`;
    if (!(await requestApproval(context, flags.autoApprove, question))) return EXIT.error;
    if (!(await locks.canContinue())) return locks.lost === undefined ? EXIT.error : EXIT.locked;
  }
  const started = await startRuns(scene, able, flags.description);
  // Runs take hours: waiting for them changes nothing.
  await locks.release();
  const waited = flags.wait === true ? await waitFor(context, scene, started, flags.interval) : started;
  const results = inChosenOrder(scene.chosen, waited, refused);
  print(flags.format === 'json' ? renderOnDemandJson(results) : renderOnDemandText(results, { colors }));
  return locks.lost === undefined ? exitCodeOf(results) : EXIT.locked;
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

/** Waits until the runs have ended or the user interrupts; they go on either way. */
async function waitFor(
  { host, quiet, canRedraw: mayRedraw, errorColors, log }: Context,
  scene: VmSelection,
  results: readonly OnDemandResult[],
  interval: number,
): Promise<readonly OnDemandResult[]> {
  const ids = new Map(
    results.flatMap((result) => (result.status === 'started' ? [[keyOf(result.subject), result.runId]] : [])),
  );
  const runOf = ({ job, past, address, target }: VmStatus): ReplicationRun | undefined =>
    [job, ...past]
      .flatMap((one) => one?.runs ?? [])
      .find(({ id }) => id === ids.get(keyOf({ address, target })));
  const live = host.stderr.isTerminal && mayRedraw && !quiet;
  const screen = live ? liveScreen(host.stderr, errorColors) : eventScreen(log, errorColors);
  const last = await watchRuns(host, scene, {
    interval,
    isStale: true,
    onStatus: (status) => {
      screen.show(status);
    },
    // A run that is not listed yet is waited for as long as its job is there.
    waitsFor: (vm) => ids.has(keyOf(vm)) && vm.job !== undefined && !hasEnded(runOf(vm)),
  });
  screen.finish();
  const seen = new Map(last.vms.map((vm) => [keyOf(vm), vm]));
  return results.map((result) => {
    const vm = seen.get(keyOf(result.subject));
    if (result.status !== 'started' || vm === undefined) return result;
    const latest = runOf(vm);
    const isLost = vm.job === undefined && !hasEnded(latest);
    return { ...result, ...(latest !== undefined && { run: latest }), ...(isLost && { lost: true }) };
  });
}

function keyOf({ target, address }: Pick<VmStatus, 'target' | 'address'>): string {
  return JSON.stringify([target, address]);
}

function hasEnded(seen: ReplicationRun | undefined): boolean {
  return seen !== undefined && seen.state !== 'pending' && seen.state !== 'active';
}

/**
 * 6 where only some runs were started, or one did not end well. Where none was, 3: all were refused, or 1: the service
 * would not start them.
 */
function exitCodeOf(results: readonly OnDemandResult[]): ExitCode {
  const well = (result: OnDemandResult): boolean =>
    result.status === 'started' &&
    result.lost !== true &&
    (!hasEnded(result.run) || result.run?.state === 'completed');
  if (results.every(well)) return EXIT.done;
  if (results.some(({ status }) => status === 'started')) return EXIT.partial;
  return results.some(({ status }) => status === 'failed') ? EXIT.error : EXIT.refused;
}
