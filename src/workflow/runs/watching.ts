import type { Environment } from '../../core/environment.ts';
import type { Status, VmStatus } from '../../core/status.ts';
import { buildStatus } from '../../journey/status.ts';
import type { VmSnapshot } from '../../journey/vm-status.ts';
import { refreshRuns, type VmSelection } from './vm-selection.ts';

/** What is waited for: a VM of the status, by what was last seen of it. */
type WaitCondition = (vm: VmStatus, sighting: VmSnapshot) => boolean;

/** Runs that are active, or due, and whatever else ends by itself: not runs that are hours away. */
export const isRunning: WaitCondition = ({ run, progress }) =>
  run !== undefined || progress?.isMoving === true;

interface WatchOptions {
  /** In milliseconds. */
  readonly interval: number;
  /** Is told of the status each time that it has been observed. */
  readonly onStatus: (status: Status) => void;
  readonly waitsFor: WaitCondition;
}

/**
 * Looks again and again at the VMs that are waited for, and only at those, until there are none or the user
 * interrupts.
 * @returns what was last seen of all the VMs
 */
export async function watchRuns(
  host: Environment,
  scene: VmSelection,
  first: readonly VmSnapshot[],
  { interval, onStatus, waitsFor }: WatchOptions,
): Promise<readonly VmSnapshot[]> {
  let sightings = first;
  let isFirst = true;
  const { observed, traits, desired } = scene;
  const statusNow = (): Status => buildStatus(sightings, observed, traits, desired);
  await repeat(host, interval, async () => {
    if (!isFirst) sightings = await refreshAwaited(scene, sightings, statusNow(), waitsFor);
    isFirst = false;
    const status = statusNow();
    onStatus(status);
    return findAwaited(sightings, status, waitsFor).size > 0;
  });
  return sightings;
}

async function refreshAwaited(
  scene: VmSelection,
  sightings: readonly VmSnapshot[],
  status: Status,
  waitsFor: WaitCondition,
): Promise<readonly VmSnapshot[]> {
  const waiting = findAwaited(sightings, status, waitsFor);
  const seen = await refreshRuns(
    scene,
    [...waiting].map(({ subject }) => subject),
  );
  const updated = new Map(seen.map((sighting) => [sighting.subject, sighting]));
  return sightings.map((sighting) => updated.get(sighting.subject) ?? sighting);
}

function findAwaited(
  sightings: readonly VmSnapshot[],
  { vms }: Status,
  waitsFor: WaitCondition,
): ReadonlySet<VmSnapshot> {
  return new Set(
    sightings.filter((sighting, index) => {
      const vm = vms[index];
      return vm !== undefined && waitsFor(vm, sighting);
    }),
  );
}

/**
 * Takes a step, again after each interval, until one says that it was the last, or the user interrupts: the step
 * under way then ends, and the next Ctrl-C ends the program as usual.
 * @param interval in milliseconds
 * @param step resolves to whether there is more to wait for
 * @returns whether it was interrupted
 */
export async function repeat(
  host: Environment,
  interval: number,
  step: () => Promise<boolean>,
): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  const stopListening = host.onInterrupt(() => {
    stopListening();
    stop.abort();
  });
  try {
    while (!signal.aborted && (await step())) await host.clock.sleep(interval, signal);
    return signal.aborted;
  } finally {
    stopListening();
  }
}
