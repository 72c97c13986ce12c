import { basename } from 'node:path';
import type { Desired, Target } from '../../core/desired.ts';
import { EXIT } from '../../core/error.ts';
import { type LiveGrouping, readLive } from '../../inventory/live/read.ts';
import { readMgnCsv } from '../../inventory/mgn/read.ts';
import { readRvtools, type RvtoolsGrouping } from '../../inventory/rvtools.ts';
import { findSubjects } from '../../journey/subjects.ts';
import { readExport } from '../../workflow/files.ts';
import {
  type DefaultFlags,
  defaultsOf,
  findImportProject,
  type ImportFlags,
  providerOf,
  refuseUnusedSplitFlags,
  writeImport,
} from '../../workflow/importing.ts';
import { findTarget, getOfTarget, withAccounts } from '../../workflow/targets.ts';
import type { Context } from '../context.ts';

interface RvtoolsFlags extends ImportFlags, DefaultFlags {
  readonly by: RvtoolsGrouping;
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
  readonly includePoweredOff?: boolean;
}

/** `landfall import rvtools FILE`: wave files from the vInfo tab of an RVTools export. */
export async function importRvtools(
  context: Context,
  flags: RvtoolsFlags,
  [file = '']: readonly string[],
): Promise<number> {
  refuseUnusedSplitFlags(flags);
  const scene = findImportProject(context, flags);
  if (scene === undefined) return EXIT.error;
  const provider = providerOf(flags, scene);
  const defaults = defaultsOf(flags, provider);
  const bytes = await readExport(context, file, 'give the path of a vInfo tab saved as CSV by RVTools');
  const { by, folderDepth, applicationColumn, includePoweredOff = false } = flags;
  const found = readRvtools(bytes, {
    file,
    by,
    provider,
    includePoweredOff,
    ...(folderDepth !== undefined && { folderDepth }),
    ...(applicationColumn !== undefined && { applicationColumn }),
  });
  const origin = `landfall import rvtools ${basename(file)}, ${by}`;
  return writeImport(context, flags, scene, {
    source: 'rvtools',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
}

interface LiveFlags extends ImportFlags {
  readonly by: LiveGrouping;
  readonly folderDepth?: number;
}

/** `landfall import live`: wave files for the jobs that run in an account already, so that a plan only adopts them. */
export async function importLive(context: Context, flags: LiveFlags): Promise<number> {
  refuseUnusedSplitFlags(flags);
  const scene = findImportProject(context, flags);
  if (scene === undefined) return EXIT.error;
  const choose = (desired: Desired): Target =>
    findTarget(desired.targets, flags.target ?? desired.defaultTarget);
  return withAccounts(
    context,
    (desired) => [choose(desired)],
    async (desired, accounts) => {
      const { name: target, provider } = choose(desired);
      const all = await accounts.observe({ phases: new Map(), adopt: true });
      const observed = getOfTarget(all, target);
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

/** `landfall import mgn-csv FILE`: wave files from the inventory CSV that MGN imports and exports. */
export async function importMgnCsv(
  context: Context,
  flags: ImportFlags & DefaultFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const scene = findImportProject(context, flags);
  if (scene === undefined) return EXIT.error;
  const provider = providerOf(flags, scene);
  const defaults = defaultsOf(flags, provider);
  const bytes = await readExport(context, file, 'give the path of an inventory CSV of MGN');
  const found = readMgnCsv(bytes, file, provider);
  const origin = `landfall import mgn-csv ${basename(file)}, wave`;
  return writeImport(context, flags, scene, {
    source: 'mgn-csv',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
}
