import { request } from 'node:http';
import type { LockHolder, ProbeResult } from '../storage/lock.ts';

export const CONTROL_PATH = '/_landfall/';
export const TOKEN_HEADER = 'x-landfall-token';

const PROBE_TIMEOUT = 2000;

/** Asks whether the endpoint that a lock file names is there. A stranger on its port means that it is not. */
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
  patience?: number,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(`${CONTROL_PATH}${name}`, url), {
      method: 'POST',
      headers: { [TOKEN_HEADER]: token },
      agent: false,
      ...(patience === undefined ? {} : { timeout: patience }),
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
 * Uses an endpoint that another program started for itself: it stays up until `leave` is called or this program ends.
 * Rejects if it is not there any more.
 */
export async function openSession({
  url,
  token,
}: Pick<LockHolder, 'url' | 'token'>): Promise<{ leave(): void }> {
  return new Promise((resolve, reject) => {
    const stay = request(new URL(`${CONTROL_PATH}visit`, url), {
      method: 'POST',
      headers: { [TOKEN_HEADER]: token },
      agent: false,
    });
    stay.on('error', reject);
    stay.on('response', (response) => {
      response.on('error', () => undefined);
      if (response.statusCode === 200) resolve({ leave: () => stay.destroy() });
      else reject(new Error('not admitted'));
    });
    stay.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
