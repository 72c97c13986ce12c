import { createHash } from 'node:crypto';
import type { ChangedPrecondition } from '../core/apply-result.ts';
import type { SettingValue } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import {
  type Change,
  type ExecutableChange,
  isExecutable,
  type Plan,
  type PlannedTarget,
} from '../core/plan.ts';
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
  const { step, checks } = change;
  const steps = step === undefined ? [] : [step, checks];
  return line(action, ...who, activeBefore, blockedBy, fields, decisiveSettings(change), ...steps);
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

/**
 * Compares what two plans would do: the changes that an apply executes, and the targets that they are for. Changes that
 * are deferred, blocked or none, texts, counts and times may differ.
 * @param skipped targets that are not compared, because one of the plans could not read them
 * @returns the differences, `planned` of the saved plan and `now` of the other one, sorted as the plans are
 */
export function planDifferences(
  saved: Plan,
  own: Plan,
  skipped: ReadonlySet<string>,
): readonly ChangedPrecondition[] {
  const about = (plan: Plan): ReadonlyMap<string, Parts> => partsOf(plan, skipped);
  const [planned, now] = [about(saved), about(own)];
  return [...new Set([...planned.keys(), ...now.keys()])].flatMap((key) => {
    const [before, after] = [planned.get(key), now.get(key)];
    const { target, address } = (before ?? after) as Parts;
    const subject = { target, ...(address !== undefined && { address }) };
    // A change that only one of the plans has is one difference.
    const names =
      before === undefined || after === undefined
        ? ['action']
        : [...new Set([...Object.keys(before.decisive), ...Object.keys(after.decisive)])];
    return names.flatMap((what): readonly ChangedPrecondition[] => {
      const [was, is] = [before?.decisive[what], after?.decisive[what]];
      if (was === is) return [];
      return [
        {
          ...subject,
          what,
          ...(was !== undefined && { planned: was }),
          ...(is !== undefined && { now: is }),
        },
      ];
    });
  });
}

/** What decides about a target or a change, in values that can be compared and shown. */
interface Parts {
  readonly target: string;
  readonly address?: string;
  readonly decisive: Readonly<Record<string, SettingValue | undefined>>;
}

function partsOf({ targets, changes }: Plan, skipped: ReadonlySet<string>): ReadonlyMap<string, Parts> {
  const executable = changes.filter(isExecutable).filter(({ target }) => !skipped.has(target));
  const used = new Set(executable.map(({ target }) => target));
  const all: readonly Parts[] = [
    ...targets.filter(({ name }) => used.has(name)).map(targetParts),
    ...executable.map(changeParts),
  ];
  return new Map(all.map((parts) => [JSON.stringify([parts.target, parts.address]), parts]));
}

function targetParts({ name, provider, region, account, endpoint }: PlannedTarget): Parts {
  return { target: name, decisive: { provider, region, account, endpoint } };
}

function changeParts(change: ExecutableChange): Parts {
  const { address, target, wave, action, step, id, serverId, owner, destroys, checks, replicatesOn } = change;
  const own = action === 'replace' ? Object.entries(change.settings) : [];
  const fields = change.fields.flatMap(({ field, before, after }): [string, SettingValue | undefined][] => [
    [field, after],
    [`${field} before`, before],
  ]);
  const decisive = {
    ...Object.fromEntries([...own, ...fields]),
    action: step === undefined ? action : `${action} ${step}`,
    wave,
    server: serverId,
    'id of the job': id,
    'owner of the job': `${owner.project}/${owner.wave}`,
    destroys,
    checks: checks === undefined ? undefined : canonicalJson(checks),
    'replicates on': replicatesOn,
  };
  return { target, address, decisive };
}
