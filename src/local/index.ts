import { setTimeout } from 'node:timers/promises';
import type { LocalClock } from './clock.ts';
import { LocalError } from './errors.ts';
import type { Faults } from './faults/faults.ts';
import { callControl, openSession, probe } from './http/control-client.ts';
import type { LoadResult, LocalEndpoint, LocalOptions } from './options.ts';
import { currentHolder, type LockHolder } from './storage/lock.ts';

export type { LocalClock } from './clock.ts';
export { LocalError } from './errors.ts';
export type { Faults } from './faults/faults.ts';
export type { LoadResult, LocalEndpoint, LocalOptions } from './options.ts';

/**
 * The built-in endpoint: AWS SMS and AWS MGN over HTTP on the loopback interface, simulated, with its state in a folder.
 * How it behaves is written in SPEC.md. Importing this loads next to nothing.
 */

/** An endpoint that serves a folder. */
export type Running = Omit<LockHolder, 'token'>;

/** How often, and in what intervals, to look again while an endpoint starts or stops: ten seconds in all. */
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
 * The endpoint that serves a folder, or one of our own where nobody does. Either stays up until `close()`,
 * even if the program that started it would end sooner. Options other than the folder count for our own only.
 * @throws LocalError as `startLocalEndpoint` does
 */
export async function openLocalEndpoint(
  options: LocalOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const holder = await findLiveHolder(options.folder);
    // One that closes between the look and the visit is not there any more: then we start our own.
    const stay = holder === undefined ? undefined : await openSession(holder).catch(() => undefined);
    if (holder !== undefined && stay !== undefined) {
      return {
        url: holder.url,
        close: () => {
          stay.leave();
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

/** Who serves the folder, in this process or another; undefined if nobody does. */
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
 * Moves the folder's virtual time forward; resolves to the new time, in milliseconds.
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

/** Puts the folder back to the default inventory, without jobs and in real time, whatever state it is in. */
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
 * Replaces what goes wrong with the endpoint that serves the folder, until it stops.
 * @throws LocalError NOT_RUNNING, BAD_FAULTS
 */
export async function setFaults(folder: string, faults: Faults): Promise<void> {
  const holder = await findLiveHolder(folder);
  if (holder === undefined) {
    throw new LocalError(
      'NOT_RUNNING',
      `no endpoint serves ${folder}`,
      'start one with `landfall local start`',
    );
  }
  await callRunningEndpoint(holder, 'faults', JSON.stringify(faults));
}

async function findLiveHolder(folder: string): Promise<LockHolder | undefined> {
  const holder = currentHolder(folder);
  return holder !== undefined && (await probe(holder)) === 'alive' ? holder : undefined;
}

/** Has whoever serves the folder do something, or serves it meanwhile. */
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
    throw new LocalError('NOT_RUNNING', `the endpoint at ${holder.url} is gone`, 'try again', { cause });
  });
  if (answer.status === 200) return answer.body;
  if (answer.status !== 400) {
    throw new LocalError(
      'UNWRITABLE',
      `the endpoint at ${holder.url} could not ${name}`,
      'stop it and try again',
    );
  }
  const { code, message, remedy, line, column } = answer.body as LocalError;
  throw new LocalError(code, message, remedy, {
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
}
