import { createHash } from 'node:crypto';
import { byText } from '../core/lists.ts';
import type { Change, PlannedTarget } from '../core/plan.ts';
import { canonicalJson } from '../core/text.ts';

/** Lines per call of the hash: a call for each line takes longer than the hashing. */
const CHUNK = 1000;

/**
 * Returns `sha256:` and the digest of the changes of a plan: one JSON array a line, every part at a fixed position,
 * settings sorted by name. Texts that may contain a time or a count of
 * other jobs (reasons, effects), counts, and places in files are left out: they do not decide what is done.
 */
export function checksum(targets: readonly PlannedTarget[], changes: readonly Change[]): string {
  const hash = createHash('sha256');
  hash.update(targets.map(targetLine).join(''));
  for (let start = 0; start < changes.length; start += CHUNK) {
    const chunk = changes.slice(start, start + CHUNK);
    hash.update(chunk.map(changeLine).join(''));
  }
  return `sha256:${hash.digest('hex')}`;
}

function targetLine({ name, provider, region, account, endpoint }: PlannedTarget): string {
  return line('target', name, provider, region, account, endpoint);
}

function changeLine(change: Change): string {
  const { address, target, wave, action, id, serverId, owner, activeBefore, blockedBy } = change;
  const who = [address, target, wave, id, serverId, owner.project, owner.wave];
  const fields = change.fields.map(({ field, before, after }) => [field, before, after]);
  return line(action, ...who, activeBefore, blockedBy, fields, decisiveSettings(change));
}

/** The fields of a create are all of its settings; a no-op and a delete need none. */
function decisiveSettings({ action, settings }: Change): readonly unknown[] {
  if (action === 'create' || action === 'no-op' || action === 'delete') return [];
  return Object.entries(settings).toSorted(([a], [b]) => byText(a, b));
}

function line(...parts: readonly unknown[]): string {
  return `${JSON.stringify(parts)}\n`;
}

/** `sha256:…` over the canonical JSON of data. */
export function digestOf(data: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(data)).digest('hex')}`;
}
