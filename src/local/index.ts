import { setTimeout } from 'node:timers/promises';
import type { LocalClock } from './clock.ts';
import { LocalError } from './errors.ts';
import type { Faults } from './faults.ts';
import { callControl, openSession, probe } from './http/control-client.ts';
import { omitUndefined } from './collections.ts';
import type { AgentLoadResult, LoadResult, LocalEndpoint, LocalOptions } from './options.ts';
import { currentHolder, type LockHolder } from './storage/lock.ts';

export type { LocalClock } from './clock.ts';
export { LocalError } from './errors.ts';
export type { Faults } from './faults.ts';
export { READ_TITLES } from './inventory/exported-vm.ts';
export type { AgentLoadResult, LoadResult, LocalEndpoint, LocalOptions } from './options.ts';

/**
 * The built-in endpoint: simulates AWS SMS and AWS MGN over HTTP on the loopback interface, with its state in a folder.
 * SPEC.md specifies its behaviour. This module loads the endpoint itself only when one is started.
 */

/** A running endpoint: its address, its start and its process. */
export type Running = Omit<LockHolder, 'token'>;

/** How often, and at what intervals in milliseconds, to try again while an endpoint starts or stops: for ten seconds. */
const ATTEMPTS = 200;
const INTERVAL = 50;

/**
 * Serves a folder until `close()`.
 * @throws LocalError HELD, BROKEN_STATE, BAD_FAULTS, BAD_TIME, PORT_TAKEN, UNWRITABLE
 */
export async function startLocalEndpoint(options: LocalOptions): Promise<LocalEndpoint> {
  const { start } = await import('./endpoint.ts');
  return start(options, false);
}

/**
 * Connects to the endpoint that serves a folder, or starts one if none does. Both run until `close()`, even if the
 * program that started the endpoint wants to stop earlier. Options other than the folder apply only to a new endpoint.
 * @throws LocalError as `startLocalEndpoint` does
 */
export async function openLocalEndpoint(
  options: LocalOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const holder = await findLiveHolder(options.folder);
    // The endpoint may have stopped since its lock was read: then this starts a new one.
    const session = holder === undefined ? undefined : await openSession(holder).catch(() => undefined);
    if (holder !== undefined && session !== undefined) {
      return {
        url: holder.url,
        close: () => {
          session.leave();
          return Promise.resolve();
        },
      };
    }
    try {
      return await startLocalEndpoint(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof LocalError) || error.code !== 'HELD') throw error;
    }
    await setTimeout(INTERVAL);
  }
}

/** Finds the endpoint that serves a folder, in this process or another. Returns nothing if there is none. */
export async function findRunning(folder: string): Promise<Running | undefined> {
  const holder = await findLiveHolder(folder);
  if (holder === undefined) return undefined;
  const { url, since, pid } = holder;
  return { url, since, ...(pid === undefined ? {} : { pid }) };
}

/**
 * Replaces the folder's VMs by those of an RVTools vInfo export (text, or the bytes of the file).
 * @throws LocalError BAD_INVENTORY, and those of `startLocalEndpoint`
 */
export async function loadInventory(
  folder: string,
  source: string | Uint8Array,
  clock?: LocalClock,
): Promise<LoadResult> {
  return useEndpoint({ folder, clock }, 'load', source, async (endpoint) => endpoint.load(source));
}

/**
 * Installs the replication agents of a list of servers: CSV text with a column `Hostname`, or the bytes of the file.
 * @param region the only region; absent: all regions in which MGN is initialised
 * @throws LocalError BAD_INVENTORY, NOT_INITIALIZED, and those of `startLocalEndpoint`
 */
export async function loadAgents(
  folder: string,
  source: string | Uint8Array,
  clock?: LocalClock,
  region?: string,
): Promise<AgentLoadResult> {
  const control = region === undefined ? 'agents' : `agents?${new URLSearchParams({ region }).toString()}`;
  return useEndpoint({ folder, clock }, control, source, async (endpoint) =>
    endpoint.loadAgents(source, region),
  );
}

/**
 * Advances the virtual time of a folder by `milliseconds`. Returns the new time, in milliseconds since 1970.
 * @throws LocalError BAD_TIME, and those of `startLocalEndpoint`
 */
export async function advanceTime(
  folder: string,
  milliseconds: number,
  clock?: LocalClock,
): Promise<{ readonly now: number }> {
  return useEndpoint({ folder, clock }, 'advance', String(milliseconds), (endpoint) => ({
    now: endpoint.advance(milliseconds),
  }));
}

/** Resets a folder to the default inventory, without jobs and in real time, even if its state cannot be read. */
export async function resetState(folder: string, clock?: LocalClock): Promise<void> {
  const holder = await findLiveHolder(folder);
  if (holder !== undefined) {
    await callRunningEndpoint(holder, 'reset', undefined);
    return;
  }
  const { start } = await import('./endpoint.ts');
  await (await start({ folder, ...(clock && { clock }) }, true)).close();
}

/**
 * Replaces the faults of the endpoint that serves a folder. They apply until the endpoint stops.
 * @throws LocalError NOT_RUNNING, BAD_FAULTS
 */
export async function setFaults(folder: string, faults: Faults): Promise<void> {
  const holder = await findLiveHolder(folder);
  if (holder === undefined) {
    throw new LocalError(
      'NOT_RUNNING',
      `no built-in endpoint is running on ${folder}`,
      'start one on that folder with `landfall local start`, in another terminal',
    );
  }
  await callRunningEndpoint(holder, 'faults', JSON.stringify(faults));
}

async function findLiveHolder(folder: string): Promise<LockHolder | undefined> {
  const holder = currentHolder(folder);
  return holder !== undefined && (await probe(holder)) === 'alive' ? holder : undefined;
}

/** Sends a control call to the endpoint that serves a folder; if none does, starts one for the time of `otherwise`. */
async function useEndpoint<T extends object>(
  { folder, clock }: { readonly folder: string; readonly clock: LocalClock | undefined },
  name: string,
  body: string | Uint8Array,
  otherwise: (endpoint: LocalEndpoint) => Promise<T> | T,
): Promise<T> {
  const holder = await findLiveHolder(folder);
  if (holder !== undefined) return (await callRunningEndpoint(holder, name, body)) as T;
  const endpoint = await startLocalEndpoint({ folder, ...(clock && { clock }) });
  try {
    return await otherwise(endpoint);
  } finally {
    await endpoint.close();
  }
}

async function callRunningEndpoint(
  holder: LockHolder,
  name: string,
  body: string | Uint8Array | undefined,
): Promise<unknown> {
  const answer = await callControl(holder, name, body).catch((cause: unknown) => {
    throw new LocalError('NOT_RUNNING', `the endpoint at ${holder.url} has stopped`, 'try again', { cause });
  });
  if (answer.status === 200) return answer.body;
  if (answer.status !== 400) {
    throw new LocalError(
      'UNWRITABLE',
      `the endpoint at ${holder.url} could not ${name}`,
      'stop it and try again',
    );
  }
  const { code, message, remedy, line, column, path } = answer.body as LocalError;
  throw new LocalError(code, message, remedy, omitUndefined({ line, column, path }));
}
