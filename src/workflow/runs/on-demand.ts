import { LandfallError } from '../../core/error.ts';
import { toAddress } from '../../core/names.ts';
import type { OnDemandResult, VmEntry } from '../../core/status.ts';
import {
  hasActiveOrDueRun,
  refuseBeyondCaps,
  refuseRun,
  type RunCap,
  runCaps,
  type VmSnapshot,
} from '../../journey/on-demand.ts';
import { getOfTarget } from '../targets.ts';
import { readRuns, type VmSelection } from './vm-selection.ts';

/** The chosen VMs whose jobs may not run now, and why: what the service would refuse, and what caps have no room for. */
export async function findRefusedRuns(scene: VmSelection): Promise<ReadonlyMap<VmEntry, string>> {
  const { desired, observed, operations, subjects, chosen } = scene;
  const seen = await readRuns(operations, chosen);
  const refused = new Map<VmEntry, string>();
  for (const sighting of seen) {
    const reason = refuseRun(sighting, desired.project);
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

/** Starts a run of each VM's job, as many at once as the targets allow; a failure stops no other. */
export function startRuns(
  { operations }: VmSelection,
  subjects: readonly VmEntry[],
  description: string | undefined,
): Promise<readonly OnDemandResult[]> {
  return Promise.all(
    subjects.map(async (subject): Promise<OnDemandResult> => {
      const { target, job } = subject;
      try {
        const runId = await getOfTarget(operations, target).startRun(job?.id ?? '', description);
        return { status: 'started', subject, runId };
      } catch (error) {
        if (!(error instanceof LandfallError)) throw error;
        const { code, message, remedy } = error;
        return { status: 'failed', subject, code, message, ...(remedy !== undefined && { remedy }) };
      }
    }),
  );
}

function keyOf(target: string, jobId: string | undefined): string {
  return JSON.stringify([target, jobId]);
}
