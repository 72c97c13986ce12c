import { type ConcernId, CONCERNS } from '../../core/concern-ids.ts';
import { ACCOUNT_CONCERNS } from './account.ts';
import { ERROR_EXPLANATIONS } from './errors.ts';
import type { Explanation } from './explanation.ts';
import { FILE_CONCERNS } from './files.ts';
import { GUARD_CONCERNS, PHASE_CONCERNS } from './guards.ts';
import { MANIFEST_CONCERNS } from './manifests.ts';
import { SERVICE_CONCERNS, SETTING_CONCERNS } from './settings.ts';

/** One thing that can be explained, by its id; `summary` is one line. */
export interface ExplanationEntry extends Explanation {
  readonly id: string;
  readonly kind: 'concern' | 'error';
  /** Of a concern: `error` and `critical` refuse, `warning` does not. */
  readonly severity: 'error' | 'critical' | 'warning';
  readonly summary: string;
}

/** All that can be explained: concerns in the order of their table, then errors. */
export function allExplanations(): readonly ExplanationEntry[] {
  const concerns = Object.entries(CONCERN_EXPLANATIONS).map(([id, explanation]): ExplanationEntry => {
    const { severity, summary } = CONCERNS[id as keyof typeof CONCERNS];
    return { ...explanation, id, kind: 'concern', severity, summary };
  });
  const errors = Object.entries(ERROR_EXPLANATIONS).map(([id, explanation]): ExplanationEntry => ({
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

/** An explanation of each concern: a concern without one does not compile. */
const CONCERN_EXPLANATIONS: Readonly<Record<ConcernId, Explanation>> = {
  ...FILE_CONCERNS,
  ...MANIFEST_CONCERNS,
  ...SETTING_CONCERNS,
  ...SERVICE_CONCERNS,
  ...ACCOUNT_CONCERNS,
  ...GUARD_CONCERNS,
  ...PHASE_CONCERNS,
};
