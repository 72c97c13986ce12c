import type { Desired, Target } from '../../core/desired.ts';
import { EXIT } from '../../core/error.ts';
import { type LiveGrouping, readLive } from '../../inventory/live/read.ts';
import { findSubjects } from '../../status/subjects.ts';
import type { Context } from '../context.ts';
import { findImportScene, type ImportFlags, refuseUnusedSplit, writeImport } from '../importing.ts';
import { ofTarget, withAccounts } from '../open-accounts.ts';
import { findTarget } from '../target.ts';

interface Flags extends ImportFlags {
  readonly by: LiveGrouping;
  readonly folderDepth?: number;
}

/** `landfall import live`: wave files for the jobs that run in an account already, so that a plan only adopts them. */
export async function importLive(context: Context, flags: Flags): Promise<number> {
  refuseUnusedSplit(flags);
  const scene = findImportScene(context, flags);
  if (scene === undefined) return EXIT.error;
  const choose = (desired: Desired): Target =>
    findTarget(desired.targets, flags.target ?? desired.defaultTarget);
  return withAccounts(
    context,
    (desired) => [choose(desired)],
    async (desired, accounts) => {
      const { name: target, provider } = choose(desired);
      const all = await accounts.observe({ phases: new Map(), adopt: true });
      const observed = ofTarget(all, target);
      const jobs = findSubjects(desired, all, accounts.traits).flatMap(({ vm, job, server }) =>
        vm === undefined && job !== undefined ? [{ job, server: server ?? job.server }] : [],
      );
      const found = readLive(jobs, {
        project: desired.project,
        provider,
        by: flags.by,
        ...(flags.folderDepth !== undefined && { folderDepth: flags.folderDepth }),
        now: observed.at,
        waves: new Set(desired.waves.map(({ name }) => name)),
        servers: observed.servers,
      });
      const notes = [
        `of ${observed.jobs.length} jobs, ${observed.jobs.length - jobs.length} stand for VMs of the manifests`,
      ];
      const origin = `landfall import live, target ${target}`;
      return writeImport(context, flags, scene, {
        source: 'live',
        origin,
        provider,
        defaults: {},
        incremental: true,
        found: { ...found, notes: observed.jobs.length > jobs.length ? notes : [] },
      });
    },
  );
}
