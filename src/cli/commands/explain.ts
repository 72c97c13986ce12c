import { EXIT, LandfallError } from '../../core/error.ts';
import { didYouMean } from '../../manifest/suggest.ts';
import { renderExplanationJson, renderExplanationListJson } from '../../report/explain-json.ts';
import { renderExplanationMarkdown, renderExplanationPage } from '../../report/explain-markdown.ts';
import { renderExplanationListText, renderExplanationText } from '../../report/explain-text.ts';
import { allEntries, type Entry } from '../../report/explanations/index.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly format: 'text' | 'json' | 'markdown';
}

/** `landfall explain [ID]`: what a concern or error means and what to do; without an id, all of them in one line each. */
export function explain(context: Context, { format }: Flags, [id]: readonly string[]): number {
  const entries = allEntries();
  context.print(id === undefined ? all(context, format, entries) : one(context, format, find(id, entries)));
  return EXIT.done;
}

function all({ colors }: Context, format: Flags['format'], entries: readonly Entry[]): string {
  switch (format) {
    case 'text':
      return renderExplanationListText(entries, { colors });
    case 'json':
      return renderExplanationListJson(entries);
    case 'markdown':
      return renderExplanationPage(entries);
  }
}

function one({ colors, host }: Context, format: Flags['format'], entry: Entry): string {
  switch (format) {
    case 'text':
      return renderExplanationText(entry, { colors, columns: host.stdout.columns });
    case 'json':
      return renderExplanationJson(entry);
    case 'markdown':
      return renderExplanationMarkdown(entry);
  }
}

/** Ids are copied from a log, brackets and all, or typed from memory: case does not matter. */
function find(id: string, entries: readonly Entry[]): Entry {
  const wanted = id.trim().toLowerCase();
  const found = entries.find((entry) => entry.id.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const ids = entries.map((entry) => entry.id);
  throw new LandfallError('USAGE', `there is no concern or error ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall explain` lists all of them'),
  });
}
