import type { Status, VmStatus } from '../core/status.ts';
import { buildStatus } from '../status/status.ts';
import type { Sighting } from '../status/vm-status.ts';
import type { Host } from './host.ts';
import { repeat } from './repeat.ts';
import type { Screen } from './screens.ts';
import { lookAgain, type Scene } from './subjects.ts';

/** What is waited for: a VM of the status, by what was last seen of it. */
type WaitsFor = (vm: VmStatus, sighting: Sighting) => boolean;

/** Runs that are active, or due, and whatever else ends by itself: not runs that are hours away. */
export const anyRun: WaitsFor = ({ run, progress }) => run !== undefined || progress?.isMoving === true;

/**
 * Looks again and again at the VMs that are waited for, and only at those, until there are none or the user
 * interrupts.
 * @param interval in milliseconds
 * @returns what was last seen of all the VMs
 */
export async function watchRuns(
  host: Host,
  scene: Scene,
  first: readonly Sighting[],
  { interval, screen, waitsFor }: { interval: number; screen: Screen; waitsFor: WaitsFor },
): Promise<readonly Sighting[]> {
  let sightings = first;
  let isFirst = true;
  const { observed, traits, desired } = scene;
  const statusNow = (): Status => buildStatus(sightings, observed, traits, desired);
  await repeat(host, interval, async () => {
    if (!isFirst) sightings = await awaitedAgain(scene, sightings, statusNow(), waitsFor);
    isFirst = false;
    const status = statusNow();
    screen.show(status);
    return awaited(sightings, status, waitsFor).size > 0;
  });
  screen.finish();
  return sightings;
}

async function awaitedAgain(
  scene: Scene,
  sightings: readonly Sighting[],
  status: Status,
  waitsFor: WaitsFor,
): Promise<readonly Sighting[]> {
  const waiting = awaited(sightings, status, waitsFor);
  const seen = await lookAgain(
    scene,
    [...waiting].map(({ subject }) => subject),
  );
  const anew = new Map(seen.map((sighting) => [sighting.subject, sighting]));
  return sightings.map((sighting) => anew.get(sighting.subject) ?? sighting);
}

function awaited(sightings: readonly Sighting[], { vms }: Status, waitsFor: WaitsFor): ReadonlySet<Sighting> {
  return new Set(
    sightings.filter((sighting, index) => {
      const vm = vms[index];
      return vm !== undefined && waitsFor(vm, sighting);
    }),
  );
}
