import { CONCERNS } from '../../core/concern-ids.ts';
import { CONCERN_EXPLANATIONS } from './concerns.ts';
import { ERROR_EXPLANATIONS } from './errors.ts';
import type { Explanation } from './explanation.ts';

/** One thing that can be explained, by its id; `summary` is one line. */
export interface Entry extends Explanation {
  readonly id: string;
  readonly kind: 'concern' | 'error';
  /** Of a concern: `error` and `critical` refuse, `warning` does not. */
  readonly severity: 'error' | 'critical' | 'warning';
  readonly summary: string;
}

/** All that can be explained: concerns in the order of their table, then errors. */
export function allEntries(): readonly Entry[] {
  const concerns = Object.entries(CONCERN_EXPLANATIONS).map(([id, explanation]): Entry => {
    const { severity, summary } = CONCERNS[id as keyof typeof CONCERNS];
    return { ...explanation, id, kind: 'concern', severity, summary };
  });
  const errors = Object.entries(ERROR_EXPLANATIONS).map(([id, explanation]): Entry => ({
    ...explanation,
    id,
    kind: 'error',
    severity: 'error',
    summary: firstSentence(explanation.means),
  }));
  return [...concerns, ...errors];
}

/** The first clause of an explanation, as summaries of concerns are written: in lower case, without its full stop. */
function firstSentence(text: string): string {
  // A colon within code ends nothing.
  const sentence = /^(?:`[^`]*`|[^`])*?[.:;](?=\s|$)/.exec(text)?.[0].slice(0, -1) ?? text;
  // A name with capitals inside, such as GitHub, keeps its first.
  return /^[A-Z][a-z]*\s/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}
