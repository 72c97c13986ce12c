import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment, Workspace } from '../../core/environment.ts';
import { LandfallError, type Place } from '../../core/error.ts';
import type { FileEncoding } from '../../core/inventory.ts';
import type { Instant } from '../../core/time.ts';
import type * as Local from '../../local/index.ts';
import { decode, Source } from '../../manifest/source.ts';
import { nodeAt, rangeOf, toValue } from '../../manifest/yaml/node.ts';
import { readYaml } from '../../manifest/yaml/read.ts';
import { readExport } from '../files.ts';
import { reasonOf } from '../output-files.ts';
import { findStateFolder, localCall, localClock, type PlaceFinder, requireStateFolder } from './endpoint.ts';

interface StateOptions {
  /** The folder with the state of the endpoint; absent: that of the project. */
  readonly state?: string;
}

export interface ServeOptions extends StateOptions, FaultOptions {
  /** Whether the state is kept in memory, also in a project. */
  readonly inMemory?: boolean;
  readonly port?: number;
  readonly host?: Local.LocalOptions['host'];
  readonly allowHost?: readonly string[];
  readonly speed?: number;
  readonly wireStyle: 'model' | 'console';
  readonly mgnInitialized?: boolean;
  readonly notImported?: boolean;
}

/** An endpoint that is served until `await using` stops it. */
interface ServedEndpoint extends AsyncDisposable {
  readonly url: string;
  /** The folder with its state, absolute. */
  readonly folder: string;
  /** Whether the state is in memory: the user asks for it, or there is no project and the user names no folder. */
  readonly isInMemory: boolean;
}

/**
 * Starts the endpoint.
 * @throws LandfallError FILE_UNREADABLE for a fault file, or LOCAL_…
 */
export async function serveEndpoint(workspace: Workspace, options: ServeOptions): Promise<ServedEndpoint> {
  const { host } = workspace;
  const { port, speed, wireStyle, mgnInitialized, notImported, state, inMemory = false } = options;
  const { faults, placeOf } = collectFaults(host, options);
  const lasting = inMemory ? undefined : findStateFolder(workspace, state);
  const folder = lasting ?? mkdtempSync(join(tmpdir(), 'landfall-local-'));
  const removeTemporary = (): void => {
    if (lasting === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { startLocalEndpoint } = await import('../../local/index.ts');
    const started = startLocalEndpoint({
      ...{ folder, inMemory: lasting === undefined, faults, wireStyle, clock: localClock(host) },
      ...(options.host !== undefined && { host: options.host }),
      ...(options.allowHost !== undefined && { allowedHosts: options.allowHost }),
      ...(host.pid !== undefined && { pid: host.pid }),
      ...(port !== undefined && { port }),
      ...(speed !== undefined && { speed }),
      ...(notImported === true && { imported: false }),
      ...(mgnInitialized === true && { mgn: { initialized: true } }),
    });
    const endpoint = await localCall(started, ({ path }) => path && placeOf(path));
    return {
      url: endpoint.url,
      folder,
      isInMemory: lasting === undefined,
      async [Symbol.asyncDispose]() {
        await endpoint.close();
        removeTemporary();
      },
    };
  } catch (error) {
    removeTemporary();
    throw error;
  }
}

export interface LoadOptions extends StateOptions {
  /** The encoding that the user gives; absent: it is found out, or refused if several fit. */
  readonly encoding?: string;
}

/** How a file was read that has been loaded. */
interface Reading {
  /** Absent: the file is not text. */
  readonly encoding?: FileEncoding;
  readonly notes: readonly string[];
}

/**
 * Replaces the VMs of the endpoint by those of an RVTools vInfo export, or of another list of VMs that imports read.
 * @throws LandfallError PROJECT_NOT_FOUND, FILE_UNREADABLE, INVENTORY_INVALID or LOCAL_…
 */
export async function loadInventory(
  workspace: Workspace,
  { state, encoding: wanted }: LoadOptions,
  file: string,
): Promise<Local.LoadResult & Reading> {
  const folder = requireStateFolder(workspace, state);
  const bytes = await readExport(workspace, file, 'give the path of a vInfo tab of RVTools, as .xlsx or CSV');
  const { readExportTable, toEndpointCsv } = await import('../../inventory/tables.ts');
  const table = await readExportTable(bytes, {
    ...{ file, kind: 'vms' },
    ...(wanted !== undefined && { encoding: wanted }),
  });
  const local = await import('../../local/index.ts');
  const { text, ragged } = toEndpointCsv(table, file, local.READ_TITLES);
  const call = local.loadInventory(folder, text, localClock(workspace.host));
  const { loaded, skipped } = await localCall(call, (error) => placeInFile(file, error));
  const { encoding, notes = [] } = table;
  const all = [...ragged, ...skipped].toSorted((a, b) => a.line - b.line);
  return { loaded, skipped: all, notes, ...(encoding && { encoding }) };
}

/**
 * Installs the agents of a list of servers: in a region, or in all regions in which MGN is initialised.
 * @throws LandfallError PROJECT_NOT_FOUND, FILE_UNREADABLE, INVENTORY_INVALID or LOCAL_…
 */
export async function loadAgents(
  workspace: Workspace,
  { state, encoding: wanted, region }: LoadOptions & { readonly region?: string },
  file: string,
): Promise<Local.AgentLoadResult & Reading> {
  const folder = requireStateFolder(workspace, state);
  const bytes = await readExport(workspace, file, 'give the path of a CSV file with a column "Hostname"');
  const { decodeExport } = await import('../../inventory/encoding.ts');
  const { text, encoding } = decodeExport(bytes, file, wanted);
  const local = await import('../../local/index.ts');
  const call = local.loadAgents(folder, text, localClock(workspace.host), region);
  return { ...(await localCall(call, (error) => placeInFile(file, error))), notes: [], encoding };
}

function placeInFile(file: string, { line, column }: Local.LocalError): Place | undefined {
  return line === undefined ? undefined : { file, line, column: column ?? 1 };
}

/**
 * Advances the clock of the endpoint. Returns its new time.
 * @param span in milliseconds
 * @throws LandfallError PROJECT_NOT_FOUND or LOCAL_…
 */
export async function advanceClock(
  workspace: Workspace,
  { state }: StateOptions,
  span: number,
): Promise<Instant> {
  const folder = requireStateFolder(workspace, state);
  const local = await import('../../local/index.ts');
  return (await localCall(local.advanceTime(folder, span, localClock(workspace.host)))).now;
}

/**
 * Deletes the state of the endpoint, if that is approved. Returns whether it was.
 * @throws LandfallError PROJECT_NOT_FOUND or LOCAL_…
 */
export async function resetEndpoint(
  workspace: Workspace,
  { state, approve }: StateOptions & { readonly approve: () => Promise<boolean> },
): Promise<boolean> {
  const folder = requireStateFolder(workspace, state);
  if (!(await approve())) return false;
  const local = await import('../../local/index.ts');
  await localCall(local.resetState(folder, localClock(workspace.host)));
  return true;
}

/**
 * Replaces the faults of the running endpoint by those of a file. Returns how many there are.
 * @param file absent: no faults
 * @throws LandfallError PROJECT_NOT_FOUND, FILE_UNREADABLE or LOCAL_…
 */
export async function setFaults(
  workspace: Workspace,
  { state }: StateOptions,
  file?: string,
): Promise<number> {
  const { faults, placeOf } = file === undefined ? NO_FAULTS : readFaultFile(workspace.host, file);
  const folder = requireStateFolder(workspace, state);
  const local = await import('../../local/index.ts');
  await localCall(local.setFaults(folder, faults), ({ path }) => path && placeOf(path));
  return Object.keys(faults).length;
}

/** Faults of an endpoint. Each replaces the same field of the file that `faults` names. */
interface FaultOptions {
  readonly faults?: string;
  readonly seed?: number;
  readonly latency?: number;
  readonly throttling?: number;
  readonly internalErrors?: number;
  readonly lostReplies?: number;
  readonly cutReplies?: number;
  readonly unhealthyConnector?: readonly string[];
}

/** Combines the faults of the file with those of the options. */
function collectFaults(host: Environment, options: FaultOptions): FaultFile {
  const { unhealthyConnector: unhealthyConnectors, seed, latency, throttling } = options;
  const { internalErrors, lostReplies, cutReplies } = options;
  const given = { seed, latency, throttling, internalErrors, lostReplies, cutReplies, unhealthyConnectors };
  const own: Local.Faults = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const file = options.faults === undefined ? NO_FAULTS : readFaultFile(host, options.faults);
  return {
    faults: Object.keys(own).length === 0 ? file.faults : { ...file.faults, ...own },
    placeOf: (path) => ((path[0] ?? '') in own ? undefined : file.placeOf(path)),
  };
}

/** A file of faults for the built-in endpoint. */
interface FaultFile {
  /** The content; the endpoint checks it. */
  readonly faults: Local.Faults;
  readonly placeOf: PlaceFinder;
}

/**
 * Reads a file of faults, in YAML or JSON.
 * @throws LandfallError FILE_UNREADABLE, or LOCAL_BAD_FAULTS with the place where it is not valid YAML
 */
function readFaultFile({ cwd }: Environment, file: string): FaultFile {
  const path = resolve(cwd, file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${reasonOf(cause)}`, {
      remedy: existsSync(path) ? 'give a YAML or JSON file with faults' : 'check the name of the file',
      cause,
    });
  }
  const { text, problem } = decode(bytes);
  const source = new Source(file, text);
  const { roots, problems } = readYaml(text);
  const [wrong] = problem === undefined ? problems : [problem];
  const [root, second] = roots;
  if (wrong !== undefined || second !== undefined) {
    throw new LandfallError('LOCAL_BAD_FAULTS', wrong?.message ?? 'the file has a second document', {
      remedy: wrong?.remedy ?? 'write one document with all faults',
      place: source.place(wrong?.start ?? second?.start ?? 0),
    });
  }
  if (root === undefined) return NO_FAULTS;
  return {
    faults: (toValue(root) ?? {}) as Local.Faults,
    placeOf: (of) =>
      of.length > 0 && nodeAt(root, of.slice(0, 1)) === undefined
        ? undefined
        : source.place(rangeOf(root, of).start),
  };
}

const NO_FAULTS: FaultFile = { faults: {}, placeOf: () => undefined };
