/** What became of a comment on a pull or merge request. */
export interface CommentOutcome {
  readonly platform: 'github' | 'gitlab' | 'azure' | 'bitbucket';
  /** As the platform knows it: `owner/name`, a path of groups, a project's number, or a repository's id. */
  readonly repository?: string;
  /** The pull or merge request's number. */
  readonly number?: number;
  /**
   * `skipped`: the pipeline runs for no pull or merge request, and `--if-missing skip` allows that. `not-needed`: the plan
   * has nothing to say, and `--only-changes` is given.
   */
  readonly action: 'created' | 'updated' | 'unchanged' | 'skipped' | 'not-needed';
  /** The comment's id and address; absent where there is none. */
  readonly id?: string;
  readonly url?: string;
  /** Ids of older comments of the same marker that are hidden now. */
  readonly hidden: readonly string[];
  /** Ids of comments that the platform refused to hide. */
  readonly notHidden: readonly string[];
  /** With `--labels`: the labels for kinds of change that the request has now; absent if they could not be set. */
  readonly labels?: readonly string[];
  /** What was left out, and why: labels that the token may not set, an address that is not the platform's. */
  readonly warnings: readonly string[];
}

/** A marker alone on its line: text that is quoted or within a sentence is not a marker. */
const MARKER_PATTERN = /^<!-- landfall:[\w.%~-]+:[\w.%~,-]*(?::drift)? -->$/;

/** The kinds of change that a pull or merge request can be labelled with: `landfall:create` and so on. */
export const CHANGE_KINDS = [
  'create',
  'update',
  'replace',
  'delete',
  'test',
  'cutover',
  'finalize',
  'revert',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What a plan does, in the line above the marker of its comment. */
export interface CommentFacts {
  readonly kinds: readonly ChangeKind[];
  /** Whether there is more to read: deferred changes, concerns. */
  readonly hasMore: boolean;
}

const FACTS_PATTERN = /^<!-- landfall-plan: ([a-z,]+) -->$/;

/** Writes the line that `parseFacts` reads: an HTML comment without any name. */
export function formatFacts({ kinds, hasMore }: CommentFacts): string {
  const words = [...kinds, ...(hasMore ? ['more'] : [])];
  return `<!-- landfall-plan: ${words.join(',') || 'nothing'} -->`;
}

/** Reads what a plan does; undefined: the line is something else. */
export function parseFacts(line: string | undefined): CommentFacts | undefined {
  const words = FACTS_PATTERN.exec(line?.trimEnd() ?? '')?.[1]?.split(',');
  if (words === undefined) return undefined;
  return { kinds: CHANGE_KINDS.filter((kind) => words.includes(kind)), hasMore: words.includes('more') };
}

/** The marker of a comment, as `commentMarker` (report/markdown) writes it: the last one, as renderers write it at the end. */
export function readMarker(text: string): string | undefined {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .findLast((line) => MARKER_PATTERN.test(line));
}
