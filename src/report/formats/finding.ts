import { createHash } from 'node:crypto';
import type { Concern, Severity } from '../../core/concern.ts';
import type { Place } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import { joinFirst } from '../../core/text.ts';
import { escapeLine } from '../text/escape.ts';

/** Bytes of a message or a remedy: what a platform shows of one is far less. */
const MAX_MESSAGE_BYTES = 2000;
const MAX_NAMED_VMS = 3;

/** A concern in the form that the formats for pipelines use. */
export interface Finding {
  readonly id: Concern['id'];
  readonly severity: Severity;
  /** One line, with the VMs it is about; begins in lower case, without anything that cannot be seen. */
  readonly message: string;
  readonly remedy?: string;
  /** The VMs it is about, unescaped. */
  readonly addresses: readonly string[];
  /** Of a concern without a place: the start of the project file. */
  readonly place: Place;
  /** How many code units are wrong from the place on, where that is known. */
  readonly length?: number;
  /** Identifies it among the findings of its run, and stays the same when lines move: 64 hexadecimal digits. */
  readonly fingerprint: string;
}

/**
 * The findings of a validation or a plan, in the order of the concerns. One mistake in the defaults of a wave is one
 * finding, however many VMs it is about.
 *
 * @param fileOf how a pipeline calls a file that a concern names: from the top of its repository
 */
export function toFindings(
  concerns: readonly Concern[],
  projectFile: string,
  fileOf: (file: string) => string,
): readonly Finding[] {
  const same = groupBy(concerns, ({ id, place, message, remedy }) =>
    JSON.stringify([id, place, message, remedy]),
  );
  const seen = new Map<string, number>();
  return [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { id, severity, message, remedy, excerpt } = first;
    const place = first.place ?? { file: projectFile, line: 1, column: 1 };
    const file = fileOf(place.file);
    const addresses = group.flatMap(({ address }) => address ?? []);
    const about = JSON.stringify([id, file, first.target, addresses[0], withoutPlaces(message)]);
    const before = seen.get(about) ?? 0;
    seen.set(about, before + 1);
    return {
      id,
      severity,
      message: escapeLine(messageWithAddresses(message, addresses), MAX_MESSAGE_BYTES),
      ...(remedy !== undefined && { remedy: escapeLine(remedy, MAX_MESSAGE_BYTES) }),
      addresses,
      place: { ...place, file },
      ...(first.place !== undefined && excerpt !== undefined && { length: excerpt.length }),
      fingerprint: createHash('sha256').update(`${about} ${before}`).digest('hex'),
    };
  });
}

/** A message may say where else something stands; that moves too. */
function withoutPlaces(message: string): string {
  return message.replace(/:\d+(?::\d+)?/g, '');
}

function messageWithAddresses(message: string, addresses: readonly string[]): string {
  const [only = '', ...others] = addresses;
  if (others.length > 0) return `${message} (${joinFirst(addresses, MAX_NAMED_VMS)})`;
  return only === '' || message.includes(only) ? message : `${only}: ${message}`;
}

/** The message and what to do about it, in one line. */
export function findingText({ message, remedy }: Finding): string {
  // What a service said may end in a full stop.
  return remedy === undefined ? message : `${message.replace(/\.$/, '')}; fix: ${remedy}`;
}
