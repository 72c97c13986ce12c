import { readdirSync, readFileSync } from 'node:fs';
import { type ConcernId, CONCERNS } from '../../core/concern-ids.ts';

/** The explanation of one concern or error: a section with its id in one of the Markdown files in this folder. */
export interface ExplanationEntry {
  readonly id: string;
  readonly kind: 'concern' | 'error';
  /** Of a concern: `error` and `critical` refuse, `warning` does not. */
  readonly severity: 'error' | 'critical' | 'warning';
  /** One line, in lower case. */
  readonly summary: string;
  /** What landfall found. */
  readonly means: string;
  /** Why that matters, and what follows from it. */
  readonly why: string;
  /** What to do, one step an item, the most likely one first. */
  readonly fix: readonly string[];
  /** The document or the rule that it comes from. */
  readonly source: string;
  readonly example: Example;
  /** The section as it is written, without its heading. */
  readonly markdown: string;
}

/** What is wrong and what is right in a file; commands have a right side only. */
interface Example {
  readonly language: 'yaml' | 'sh';
  readonly wrong?: string;
  readonly right: string;
}

const SECTION =
  /^(?<means>.+)\n\n\*\*Why it matters\.\*\* (?<why>.+)\n\n\*\*What to do\.\*\*\n\n(?<fix>(?:- .+\n)+)\n(?:Wrong:\n\n```\w+\n(?<wrong>[^]*?)\n```\n\n)?(?:Right|For example):\n\n```(?<language>yaml|sh)\n(?<right>[^]*?)\n```\n\nSource: (?<source>.+)$/;

/** Reads all explanations: of concerns in the order of their table, then of errors. */
export function allExplanations(): readonly ExplanationEntry[] {
  const sections = new Map(readSections());
  const concerns = Object.keys(CONCERNS).flatMap((id) => {
    const text = sections.get(id);
    return text === undefined ? [] : [readEntry(id, text)];
  });
  const errors = [...sections].filter(([id]) => !isConcernId(id)).map((section) => readEntry(...section));
  return [...concerns, ...errors];
}

/**
 * Reads the explanation of one id, in upper or lower case; undefined: there is none. Opens files only up to the one that
 * contains its section, and reads the parts of that section alone.
 */
export function explanationOf(id: string): ExplanationEntry | undefined {
  const named = id.trim().toLowerCase();
  // Each policy of a project has an id of its own.
  const wanted = named.startsWith('policy.') ? 'policies.violated' : named;
  for (const section of readSections()) {
    if (section[0].toLowerCase() === wanted) return readEntry(...section);
  }
  return undefined;
}

/** Yields the sections by their headings; opens the files one after the other, in the order of their names. */
function* readSections(): Generator<readonly [id: string, markdown: string]> {
  const folder = new URL('./', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  for (const name of files.sort()) {
    for (const section of readFileSync(new URL(name, folder), 'utf8').split(/^# /m)) {
      const [id = '', ...lines] = section.trim().split('\n');
      if (id !== '') yield [id, lines.join('\n').trim()];
    }
  }
}

/** @throws Error where a section lacks a part, or has one that this program does not know */
function readEntry(id: string, markdown: string): ExplanationEntry {
  const concern = isConcernId(id) ? CONCERNS[id] : undefined;
  const parts = SECTION.exec(markdown)?.groups;
  if (parts === undefined) throw new Error(`the explanation of ${id} does not have the parts of one`);
  const { means = '', why = '', fix = '', wrong, right = '', source = '' } = parts;
  return {
    id,
    kind: concern === undefined ? 'error' : 'concern',
    severity: concern?.severity ?? 'error',
    summary: concern?.summary ?? firstClause(means),
    means,
    why,
    fix: fix
      .trim()
      .split('\n')
      .map((step) => step.slice('- '.length)),
    source,
    example: {
      language: parts['language'] === 'sh' ? 'sh' : 'yaml',
      ...(wrong !== undefined && { wrong }),
      right,
    },
    markdown,
  };
}

function isConcernId(id: string): id is ConcernId {
  return Object.hasOwn(CONCERNS, id);
}

/** The first clause of an explanation, as summaries of concerns are written: in lower case, without its full stop. */
function firstClause(text: string): string {
  // A colon within code ends nothing.
  const clause = /^(?:`[^`]*`|[^`])*?[.:;](?=\s|$)/.exec(text)?.[0].slice(0, -1) ?? text;
  // A name with capitals inside, such as GitHub, keeps its first.
  return /^[A-Z][a-z]*\s/.test(clause) ? clause.charAt(0).toLowerCase() + clause.slice(1) : clause;
}
