import { type ConcernId, CONCERNS } from './concern-ids.ts';
import type { DesiredVm } from './desired.ts';
import type { ErrorCode, Excerpt, LandfallError, Place } from './error.ts';
import { byKeys } from './lists.ts';
import { type Address, fullName } from './names.ts';

/**
 * How bad a concern is:
 * - `error`: the manifests cannot be read as meant; there is no plan.
 * - `critical`: one VM's change (or one target's) is refused; the rest of the plan is still valid. `validate` counts it as an error.
 * - `warning`: a reviewer should read it; nothing is refused.
 */
export type Severity = 'error' | 'critical' | 'warning';

/** Something a validation or a plan warns of or refuses. */
export interface Concern {
  /** A policy of the project has the id `policy.` and its name. */
  readonly id: ConcernId | `policy.${string}`;
  readonly severity: Severity;
  /** What is wrong, naming the wrong value; begins in lower case, no full stop at the end. */
  readonly message: string;
  /** What to do about it; begins in lower case, no full stop at the end. */
  readonly remedy?: string;
  /** The VM it is about, `wave/name`. */
  readonly address?: Address;
  /** What text output shows in place of the address; absent: the address. */
  readonly shownAs?: string;
  /** The target it is about. */
  readonly target?: string;
  /** The code of the error that it reports. */
  readonly code?: ErrorCode;
  readonly place?: Place;
  readonly excerpt?: Excerpt;
}

/** Sorts concerns by file, line and column, then by what they are about: the order in which they are printed. */
export const byPlace = byKeys<Concern>(
  ({ place }) => place?.file ?? '\uffff',
  ({ place }) => pad(place?.line),
  ({ place }) => pad(place?.column),
  ({ target }) => target ?? '',
  ({ address }) => address ?? '',
  ({ id }) => id,
  ({ message }) => message,
);

function pad(count: number | undefined): string {
  return String(count ?? 0).padStart(9, '0');
}

type ConcernText = Required<Pick<Concern, 'message' | 'remedy'>>;

/** A concern about one VM of the manifests. */
export function raiseForVm(id: ConcernId, vm: DesiredVm, { message, remedy }: ConcernText): Concern {
  const { address, label, target, place } = vm;
  const shown = label === undefined ? {} : { shownAs: fullName(vm) };
  return { id, severity: CONCERNS[id].severity, message, remedy, address, ...shown, target, place };
}

/** A concern about a target that could not be read: the error says why. */
export function raiseUnreachable(target: string, place: Place, error: LandfallError): Concern {
  const { code, message, remedy } = error;
  const id = 'target.unreachable';
  const { severity } = CONCERNS[id];
  return { id, severity, code, message, ...(remedy !== undefined && { remedy }), target, place };
}

/** Returns the concerns about targets that could not be read, or whose plan is missing, one for each, sorted by target. */
export function unreachableTargets(concerns: readonly Concern[]): readonly Concern[] {
  return concerns.filter(({ id }) => UNREAD.has(id)).toSorted(byKeys(({ target = '' }) => target));
}

const UNREAD: ReadonlySet<string> = new Set<ConcernId>(['target.unreachable', 'target.missing']);

/** What keeps the merge of plans from being the plan of the whole project. */
const UNMERGED: ReadonlySet<string> = new Set<ConcernId>([
  'plan.unreadable',
  'plan.twice',
  'plan.other-project',
  'plan.other-commit',
  'plan.partial',
]);

/** Returns the concerns because of which a result is a part of what was asked for: it is an error, whatever it contains. */
export function incompleteness(concerns: readonly Concern[]): readonly Concern[] {
  return [...unreachableTargets(concerns), ...concerns.filter(({ id }) => UNMERGED.has(id))];
}

/** A concern about a target as a whole. */
export function raiseForTarget(
  id: ConcernId,
  target: string,
  words: ConcernText & Pick<Concern, 'place'>,
): Concern {
  return { id, severity: CONCERNS[id].severity, ...words, target };
}
