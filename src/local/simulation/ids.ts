import { createHash } from 'node:crypto';

/**
 * Ids look random and never collide: each counter goes through a bijection of the 32-bit numbers
 * (the finaliser of MurmurHash3), so equal histories give equal ids.
 */
function scramble(counter: number): number {
  let bits = counter >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const hex = (bits: number) => bits.toString(16).padStart(8, '0');

// Chosen so that the first job and the first run of a fresh state are the founding document's.
const BEFORE_FIRST_JOB = 0x43bc8ad0;
const BEFORE_FIRST_RUN = 0xd44c0a54;

export const jobId = (number: number) => `sms-job-${hex(scramble(BEFORE_FIRST_JOB + number))}`;
export const runId = (number: number) => `sms-run-${hex(scramble(BEFORE_FIRST_RUN + number))}`;
export const amiId = (run: number) => `ami-0${hex(scramble(run))}${hex(scramble(~run))}`;

/** A fraction from 0 up to 1 that is fixed for a run: its share of luck. */
export const fixedFraction = (run: number) => scramble(run) / 2 ** 32;

/** `s-` + 8 hex digits for a VM; `attempt` counts up while the id is another VM's. */
export function serverId(managerId: string, vmId: string, attempt: number): string {
  return `s-${digest(`server\n${managerId}\n${vmId}\n${attempt}`).slice(0, 8)}`;
}

/** `c-` + 17 hex digits for the connector of a vCenter. */
export function connectorId(managerId: string): string {
  return `c-${digest(`connector\n${managerId}`).slice(0, 17)}`;
}

/** Bytes that belong to a vCenter, for addresses that look like something. */
export function hashBytes(managerId: string): Uint8Array {
  return createHash('sha256').update(managerId).digest();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An id of 17 hexadecimal digits that belongs to a text, for ever. */
export const digestId = (prefix: string, text: string) =>
  `${prefix}${digest(`${prefix}\n${text}`).slice(0, 17)}`;

const salts = new Map<string, number>();

/** An id of 17 hexadecimal digits for the nth of a kind; no two of a kind share one. */
export function serialId(prefix: string, number: number): string {
  const salt = salts.get(prefix) ?? parseInt(digest(prefix).slice(0, 8), 16);
  salts.set(prefix, salt);
  return `${prefix}0${hex(scramble(salt + number))}${hex(scramble(~(salt + number)))}`;
}
