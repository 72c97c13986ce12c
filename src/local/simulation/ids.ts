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
export const appId = (number: number) => `sms-app-${hex(scramble(number))}`;
export const groupId = (app: string, index: number) => `sms-sg-${digest(`${app}\n${index}`).slice(0, 8)}`;
export const runId = (number: number) => `sms-run-${hex(scramble(BEFORE_FIRST_RUN + number))}`;
export const amiId = (run: number) => `ami-0${hex(scramble(run))}${hex(scramble(~run))}`;

/** Returns a pseudo-random fraction from 0 up to 1, which is always the same for a number. */
export const fixedFraction = (run: number) => scramble(run) / 2 ** 32;

/** Returns `s-` and 8 hexadecimal digits for a VM. `attempt` grows while another VM has the id. */
export function serverId(managerId: string, vmId: string, attempt: number): string {
  return `s-${digest(`server\n${managerId}\n${vmId}\n${attempt}`).slice(0, 8)}`;
}

/** Returns `c-` and 17 hexadecimal digits for the connector of a vCenter. */
export function connectorId(managerId: string): string {
  return `c-${digest(`connector\n${managerId}`).slice(0, 17)}`;
}

/** Returns bytes that depend only on a vCenter, for the addresses of its connector. */
export function hashBytes(managerId: string): Uint8Array {
  return createHash('sha256').update(managerId).digest();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns an id of 17 hexadecimal digits that depends only on the prefix and a text. */
export const digestId = (prefix: string, text: string) =>
  `${prefix}${digest(`${prefix}\n${text}`).slice(0, 17)}`;

const salts = new Map<string, number>();

/** Returns an id of 17 hexadecimal digits for the nth object with a prefix. No two of them have the same id. */
export function serialId(prefix: string, number: number): string {
  const salt = salts.get(prefix) ?? parseInt(digest(prefix).slice(0, 8), 16);
  salts.set(prefix, salt);
  return `${prefix}0${hex(scramble(salt + number))}${hex(scramble(~(salt + number)))}`;
}
