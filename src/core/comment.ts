/** What became of a comment on a pull or merge request. */
export interface CommentOutcome {
  readonly platform: 'github' | 'gitlab';
  /** As the platform knows it: `owner/name`, a path of groups, or a project's number. */
  readonly repository?: string;
  /** The pull or merge request's number. */
  readonly number?: number;
  /** `skipped`: the pipeline runs for no pull or merge request, and `--if-missing skip` allows that. */
  readonly action: 'created' | 'updated' | 'unchanged' | 'skipped';
  /** The comment's id and address; absent where it was skipped. */
  readonly id?: string;
  readonly url?: string;
  /** Ids of older comments of the same marker that are hidden now. */
  readonly hidden: readonly string[];
  /** Ids of comments that the platform refused to hide. */
  readonly notHidden: readonly string[];
}

/** A marker alone on its line: text that is quoted or within a sentence is not a marker. */
const MARKER_PATTERN = /^<!-- landfall:[\w.%~-]+:[\w.%~,-]*(?::drift)? -->$/;

/** The marker of a comment, as `commentMarker` (report/markdown) writes it: the last one, as renderers write it at the end. */
export function readMarker(text: string): string | undefined {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .findLast((line) => MARKER_PATTERN.test(line));
}
