import { request } from 'node:http';
import type { LockHolder, ProbeResult } from '../storage/lock.ts';

export const CONTROL_PATH = '/_landfall/';
export const TOKEN_HEADER = 'x-landfall-token';

const PROBE_TIMEOUT = 2000;

/** Asks whether the endpoint that a lock file names runs. If another program uses its port, the endpoint does not run. */
export async function probe(holder: LockHolder): Promise<ProbeResult> {
  try {
    const { status, body } = await callControl(holder, 'ping', undefined, PROBE_TIMEOUT);
    return status === 200 && (body as { landfall?: unknown } | undefined)?.landfall === 'local'
      ? 'alive'
      : 'dead';
  } catch (cause) {
    return cause instanceof Error && cause.message === 'timeout' ? 'silent' : 'dead';
  }
}

/** Calls a control path of the endpoint that serves a folder. Rejects if there is none, or it does not answer in time. */
export async function callControl(
  { url, token }: Pick<LockHolder, 'url' | 'token'>,
  name: string,
  body: string | Uint8Array | undefined,
  timeout?: number,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(`${CONTROL_PATH}${name}`, url), {
      method: 'POST',
      headers: { [TOKEN_HEADER]: token },
      agent: false,
      ...(timeout === undefined ? {} : { timeout }),
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parseJson(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.end(body);
  });
}

/**
 * Keeps an endpoint running that another program started, until `leave` is called or this program ends.
 * Rejects if the endpoint has stopped.
 */
export async function openSession({
  url,
  token,
}: Pick<LockHolder, 'url' | 'token'>): Promise<{ leave(): void }> {
  return new Promise((resolve, reject) => {
    const connection = request(new URL(`${CONTROL_PATH}visit`, url), {
      method: 'POST',
      headers: { [TOKEN_HEADER]: token },
      agent: false,
    });
    connection.on('error', reject);
    connection.on('response', (response) => {
      response.on('error', () => undefined);
      if (response.statusCode === 200) resolve({ leave: () => connection.destroy() });
      else reject(new Error('the endpoint is closing'));
    });
    connection.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
