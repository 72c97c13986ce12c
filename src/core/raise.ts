import type { Concern } from './concern.ts';
import type { ConcernId } from './concern-ids.ts';
import { CONCERNS } from './concern-ids.ts';
import type { DesiredVm } from './desired.ts';

type Words = Required<Pick<Concern, 'message' | 'remedy'>>;

/** A concern about one VM of the manifests. */
export function raiseForVm(id: ConcernId, vm: DesiredVm, { message, remedy }: Words): Concern {
  const { address, target, place } = vm;
  return { id, severity: CONCERNS[id].severity, message, remedy, address, target, place };
}

/** A concern about a target as a whole. */
export function raiseForTarget(
  id: ConcernId,
  target: string,
  words: Words & Pick<Concern, 'place'>,
): Concern {
  return { id, severity: CONCERNS[id].severity, ...words, target };
}
