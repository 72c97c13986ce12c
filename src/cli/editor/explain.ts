import { EXIT, LandfallError } from '../../core/error.ts';
import { didYouMean } from '../../core/suggest.ts';
import { allExplanations, type ExplanationEntry, explanationOf } from '../../report/explanations/index.ts';
import {
  renderExplanationJson,
  renderExplanationListJson,
  renderExplanationListText,
  renderExplanationMarkdown,
  renderExplanationPage,
  renderExplanationText,
} from '../../report/explanations/render.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly format: 'text' | 'json' | 'markdown';
}

/**
 * `landfall explain [ID]`: what a concern or error means and what to do; without an id all of them, and with the
 * beginning of one all that begin so, in one line each.
 */
export function explain(context: Context, { format }: Flags, [id]: readonly string[]): number {
  const found = id === undefined ? allExplanations() : findEntries(id);
  const [first] = found;
  const isOne = found.length === 1 && first !== undefined;
  context.print(isOne ? renderOne(context, format, first) : renderSeveral(context, format, found));
  return EXIT.done;
}

function renderSeveral(
  { colors }: Context,
  format: Flags['format'],
  entries: readonly ExplanationEntry[],
): string {
  switch (format) {
    case 'text':
      return renderExplanationListText(entries, { colors });
    case 'json':
      return renderExplanationListJson(entries);
    case 'markdown':
      return renderExplanationPage(entries);
  }
}

function renderOne({ colors, host }: Context, format: Flags['format'], entry: ExplanationEntry): string {
  switch (format) {
    case 'text':
      return renderExplanationText(entry, { colors, columns: host.stdout.columns });
    case 'json':
      return renderExplanationJson(entry);
    case 'markdown':
      return renderExplanationMarkdown(entry);
  }
}

/** Finds the entry of an id, or those of its group; case does not matter, because people type ids from memory. */
function findEntries(id: string): readonly ExplanationEntry[] {
  const exact = explanationOf(id);
  if (exact !== undefined) return [exact];
  const wanted = id.trim().toLowerCase();
  const entries = allExplanations();
  const group = entries.filter(({ id: { length }, id: known }) => {
    const folded = known.toLowerCase();
    return (
      wanted !== '' &&
      length > wanted.length &&
      folded.startsWith(wanted) &&
      /[._-]/.test(folded.charAt(wanted.length))
    );
  });
  if (group.length > 0) return group;
  const ids = entries.map((entry) => entry.id);
  throw new LandfallError('USAGE', `there is no concern or error ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall explain` lists all of them'),
  });
}
