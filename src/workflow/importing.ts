import { basename, dirname } from 'node:path';
import type { ProviderName, Settings, Target } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import type { ImportReport } from '../core/inventory.ts';
import type { ImportGrouping } from '../core/service.ts';
import { quoteShellWord } from '../core/text.ts';
import type { Table } from '../inventory/csv.ts';
import type { TableKind } from '../inventory/dialects.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { readLive } from '../inventory/live/read.ts';
import { readMgnCsv } from '../inventory/mgn/read.ts';
import { readRvtools, type RvtoolsGrouping } from '../inventory/rvtools.ts';
import { readExportTable } from '../inventory/tables.ts';
import { findSubjects } from '../journey/subjects.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../providers/registry.ts';
import { openAccounts } from './accounts.ts';
import { readExport } from './files.ts';
import { type ImportOptions, type ImportProject, writeImport } from './import-files.ts';
import { type InvalidManifests, type Manifests, readManifestsToExtend } from './manifests.ts';
import { findOptionalProjectFile } from './project-files.ts';
import { findTarget, getOfTarget } from './targets.ts';

/** An import that has written its files, or, with `dryRun`, could write them. */
interface Imported {
  readonly kind: 'imported';
  readonly report: ImportReport;
}

/** Options of an import from a file. */
interface FileOptions extends ImportOptions, DefaultOptions {
  /** A label of the WHATWG Encoding Standard, or a code page such as `cp850`; absent: it is found out. */
  readonly encoding?: string;
}

export interface RvtoolsOptions extends FileOptions {
  readonly by: RvtoolsGrouping;
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
  readonly includePoweredOff?: boolean;
}

/**
 * Writes wave files from the vInfo tab of an RVTools export.
 * @throws LandfallError FILE_UNREADABLE, INVENTORY_INVALID, TARGET_UNKNOWN or USAGE
 */
export function importRvtools(
  workspace: Workspace,
  options: RvtoolsOptions,
  file: string,
): Promise<Imported | InvalidManifests> {
  refuseUnusedSplitFlags(options);
  const { by, folderDepth, applicationColumn, includePoweredOff = false } = options;
  return importExport(workspace, options, {
    source: 'rvtools',
    file,
    origin: `landfall import rvtools ${basename(file)}, ${by}`,
    remedy: 'give the path of a vInfo tab of RVTools, as .xlsx or CSV',
    load: `landfall local load ${quoteShellWord(file)}`,
    kind: 'vms',
    read: (table, provider) =>
      readRvtools(table, {
        file,
        by,
        provider,
        includePoweredOff,
        ...(folderDepth !== undefined && { folderDepth }),
        ...(applicationColumn !== undefined && { applicationColumn }),
      }),
  });
}

export type MgnCsvOptions = FileOptions;

/**
 * Writes wave files from the inventory CSV that MGN imports and exports.
 * @throws LandfallError FILE_UNREADABLE, INVENTORY_INVALID, TARGET_UNKNOWN or USAGE
 */
export function importMgnCsv(
  workspace: Workspace,
  options: MgnCsvOptions,
  file: string,
): Promise<Imported | InvalidManifests> {
  return importExport(workspace, options, {
    source: 'mgn-csv',
    file,
    origin: `landfall import mgn-csv ${basename(file)}, wave`,
    remedy: 'give the path of an inventory CSV of MGN',
    kind: 'servers',
    read: (table, provider) => readMgnCsv(table, { file }, provider),
  });
}

interface ExportFile {
  readonly source: ImportReport['source'];
  readonly file: string;
  readonly origin: string;
  /** What to do where the file cannot be read. */
  readonly remedy: string;
  /** The command that loads the file into the built-in endpoint; absent: the endpoint cannot read it. */
  readonly load?: string;
  /** What the command reads. */
  readonly kind: TableKind;
  readonly read: (table: Table, provider: ProviderName) => Inventory;
}

async function importExport(
  workspace: Workspace,
  options: FileOptions,
  { source, file, origin, remedy, load, kind, read }: ExportFile,
): Promise<Imported | InvalidManifests> {
  const manifests = await readOptionalManifests(workspace, options);
  if (manifests?.kind === 'invalid') return manifests;
  const project = importProject(workspace, manifests);
  const provider = providerOf(options, project);
  const defaults = defaultsOf(options, provider);
  const { encoding } = options;
  const bytes = await readExport(workspace, file, remedy);
  const table = await readExportTable(bytes, { file, kind, ...(encoding !== undefined && { encoding }) });
  const found = read(table, provider);
  const request = {
    source,
    origin,
    provider,
    defaults,
    found,
    incremental: false,
    ...(load !== undefined && { load }),
  };
  return { kind: 'imported', report: await writeImport(workspace, options, project, request) };
}

export interface LiveOptions extends ImportOptions {
  /** Absent: the default of the service. */
  readonly by?: ImportGrouping;
  readonly folderDepth?: number;
}

/**
 * Writes wave files for the jobs that run in an account already, so that a plan adopts them and changes nothing.
 * @throws LandfallError PROJECT_NOT_FOUND, TARGET_UNKNOWN or USAGE
 */
export async function importLive(
  workspace: Workspace,
  options: LiveOptions,
): Promise<Imported | InvalidManifests> {
  const manifests = await readManifestsToExtend(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired, projectFile } = manifests;
  const { project } = desired;
  const target = findTarget(desired.targets, options.target ?? desired.defaultTarget);
  const by = groupingOf(options, target);
  refuseUnusedSplitFlags({ ...options, by });
  await using accounts = await openAccounts(workspace, { project, projectFile, targets: [target] });
  const { observed: all } = await accounts.observe({ phases: new Map(), adopt: true, vms: 'all' });
  const observed = getOfTarget(all, target.name);
  const subjects = findSubjects(desired, all, accounts.traits).filter((each) => each.target === target.name);
  const jobs = subjects.flatMap(({ vm, job, server }) =>
    vm === undefined && job !== undefined ? [{ job, server: server ?? job.server }] : [],
  );
  const listed = new Set(subjects.map(({ vm, server }) => vm && server?.serverId));
  const { provider } = target;
  const found = readLive(jobs, {
    project,
    provider,
    by,
    ...(options.folderDepth !== undefined && { folderDepth: options.folderDepth }),
    now: observed.at,
    waves: new Set(desired.waves.map(({ name }) => name)),
    servers: observed.servers,
    idle: (observed.idle ?? []).filter(({ server }) => !listed.has(server.serverId)),
  });
  const known = observed.jobs.length - jobs.length;
  const notes = known > 0 ? [`${known} of ${observed.jobs.length} jobs belong to VMs of the manifests`] : [];
  const report = await writeImport(workspace, options, importProject(workspace, manifests), {
    source: 'live',
    origin: `landfall import live, target ${target.name}`,
    provider,
    defaults: {},
    incremental: true,
    found: { ...found, notes: [...notes, ...found.notes] },
  });
  return { kind: 'imported', report };
}

/**
 * Returns what a wave is made of.
 * @throws LandfallError USAGE for a grouping that accounts of the service do not have
 */
function groupingOf({ by }: LiveOptions, { provider, name }: Target): ImportGrouping {
  const { importGroupings: known, title } = serviceOf(provider);
  const [first = 'folder'] = known;
  if (by === undefined || known.includes(by)) return by ?? first;
  throw new LandfallError('USAGE', `--by ${by} is not supported on ${title}, the service of target ${name}`, {
    remedy: `give --by ${known.join(', ')}`,
  });
}

/**
 * Reads the manifests of the project, where there is one.
 * @throws LandfallError TARGET_UNKNOWN
 */
async function readOptionalManifests(
  workspace: Workspace,
  { target }: ImportOptions,
): Promise<Manifests | InvalidManifests | undefined> {
  if (findOptionalProjectFile(workspace) === undefined) return undefined;
  const manifests = await readManifestsToExtend(workspace);
  if (manifests.kind === 'valid' && target !== undefined) findTarget(manifests.desired.targets, target);
  return manifests;
}

function importProject({ host }: Workspace, manifests: Manifests | undefined): ImportProject {
  if (manifests === undefined) return { folder: host.cwd };
  const { projectFile, desired, globs } = manifests;
  return { folder: dirname(projectFile), desired, globs };
}

/** The settings and the service of the waves that an import writes. */
interface DefaultOptions {
  readonly frequency?: number;
  readonly licenceType: 'Auto' | 'AWS' | 'BYOL';
  readonly provider?: ProviderName;
}

/** @throws LandfallError USAGE for a flag that the service does not support */
function defaultsOf({ frequency, licenceType }: DefaultOptions, provider: ProviderName): Settings {
  return serviceOf(provider).importDefaults({
    licenseType: licenceType,
    ...(frequency !== undefined && { frequency }),
  });
}

/**
 * Returns the service of the target, or, before there is a project, the one that `--provider` names.
 * @throws LandfallError USAGE where the two differ
 */
function providerOf(
  { target: name, provider }: ImportOptions & Partial<DefaultOptions>,
  { desired }: ImportProject,
): ProviderName {
  const target = desired?.targets.find((each) => each.name === (name ?? desired.defaultTarget));
  if (target === undefined) return provider ?? DEFAULT_PROVIDER;
  if (provider === undefined || provider === target.provider) return target.provider;
  throw new LandfallError(
    'USAGE',
    `--provider is ${provider}, but target ${target.name} is on ${serviceOf(target.provider).title}`,
    {
      remedy: `leave --provider out, or give a target on ${serviceOf(provider).title} with --target`,
      place: target.place,
    },
  );
}

/** How an import splits what it finds into waves. */
interface SplitOptions {
  readonly by: string;
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
}

/**
 * Refuses a flag that the chosen split does not use.
 * @throws LandfallError USAGE
 */
function refuseUnusedSplitFlags({ by, folderDepth, applicationColumn }: SplitOptions): void {
  const unused =
    folderDepth !== undefined && by !== 'folder'
      ? (['--folder-depth', 'folder'] as const)
      : applicationColumn !== undefined && by !== 'application'
        ? (['--application-column', 'application'] as const)
        : undefined;
  if (unused === undefined) return;
  const [flag, goesWith] = unused;
  throw new LandfallError('USAGE', `${flag} has no effect with --by ${by}`, {
    remedy: `give --by ${goesWith}, or leave ${flag} out`,
  });
}
