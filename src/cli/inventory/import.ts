import { basename } from 'node:path';
import { EXIT, type ExitCode } from '../../core/error.ts';
import type { ImportReport } from '../../core/inventory.ts';
import { type LiveGrouping, readLive } from '../../inventory/live/read.ts';
import { readMgnCsv } from '../../inventory/mgn/read.ts';
import { readRvtools, type RvtoolsGrouping } from '../../inventory/rvtools.ts';
import { findSubjects } from '../../journey/subjects.ts';
import { renderImportJson, renderImportText } from '../../report/inventory/import.ts';
import { openAccounts } from '../../workflow/accounts.ts';
import { readExport } from '../../workflow/files.ts';
import {
  type DefaultOptions,
  defaultsOf,
  findImportProject,
  type ImportOptions,
  providerOf,
  refuseUnusedSplitFlags,
  writeImport,
} from '../../workflow/importing.ts';
import { readManifests } from '../../workflow/manifests.ts';
import { findTarget, getOfTarget } from '../../workflow/targets.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags extends ImportOptions {
  readonly format: 'text' | 'json';
}

interface RvtoolsFlags extends Flags, DefaultOptions {
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
  if (scene.kind === 'invalid') return showInvalidManifests(context, scene);
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
  const report = await writeImport(context, flags, scene, {
    source: 'rvtools',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
  return printImport(context, flags, report);
}

interface LiveFlags extends Flags {
  readonly by: LiveGrouping;
  readonly folderDepth?: number;
}

/** `landfall import live`: wave files for the jobs that run in an account already, so that a plan only adopts them. */
export async function importLive(context: Context, flags: LiveFlags): Promise<number> {
  refuseUnusedSplitFlags(flags);
  const scene = findImportProject(context, flags);
  if (scene.kind === 'invalid') return showInvalidManifests(context, scene);
  const manifests = readManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  const { desired, projectFile } = manifests;
  const target = findTarget(desired.targets, flags.target ?? desired.defaultTarget);
  const { project } = desired;
  await using accounts = await openAccounts(context, { project, projectFile, targets: [target] });
  const all = await accounts.observe({ phases: new Map(), adopt: true });
  const observed = getOfTarget(all, target.name);
  const jobs = findSubjects(desired, all, accounts.traits).flatMap(({ vm, job, server }) =>
    vm === undefined && job !== undefined ? [{ job, server: server ?? job.server }] : [],
  );
  const { provider } = target;
  const found = readLive(jobs, {
    project,
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
  const report = await writeImport(context, flags, scene, {
    source: 'live',
    origin: `landfall import live, target ${target.name}`,
    provider,
    defaults: {},
    incremental: true,
    found: { ...found, notes: observed.jobs.length > jobs.length ? notes : [] },
  });
  return printImport(context, flags, report);
}

/** `landfall import mgn-csv FILE`: wave files from the inventory CSV that MGN imports and exports. */
export async function importMgnCsv(
  context: Context,
  flags: Flags & DefaultOptions,
  [file = '']: readonly string[],
): Promise<number> {
  const scene = findImportProject(context, flags);
  if (scene.kind === 'invalid') return showInvalidManifests(context, scene);
  const provider = providerOf(flags, scene);
  const defaults = defaultsOf(flags, provider);
  const bytes = await readExport(context, file, 'give the path of an inventory CSV of MGN');
  const found = readMgnCsv(bytes, file, provider);
  const origin = `landfall import mgn-csv ${basename(file)}, wave`;
  const report = await writeImport(context, flags, scene, {
    source: 'mgn-csv',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
  return printImport(context, flags, report);
}

function printImport({ colors, verbose, print }: Context, { format }: Flags, report: ImportReport): ExitCode {
  print(format === 'json' ? renderImportJson(report) : renderImportText(report, { colors, verbose }));
  return EXIT.done;
}
