import type { ConcernId } from '../core/concern-ids.ts';

/** A stretch of text: offsets in UTF-16 code units, `end` behind its last character. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a text, before it is known which file the text is from. */
export interface Problem extends Range {
  readonly id: ConcernId;
  readonly message: string;
  readonly remedy?: string;
}

export function problem(id: ConcernId, { start, end }: Range, message: string, remedy: string): Problem {
  return { id, start, end, message, remedy };
}
