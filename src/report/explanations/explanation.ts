/** What landfall knows to say of one concern or error beyond its message, for a reader who meets it for the first time. */
export interface Explanation {
  /** What it means: what landfall found. */
  readonly means: string;
  /** Why that matters: what would come of it. */
  readonly why: string;
  /** What to do, one step an item, the likeliest first. */
  readonly fix: readonly string[];
  /** The document or the rule that says so. */
  readonly source: string;
  readonly example: Example;
}

/** What it looks like where it is wrong, and where it is right; commands have a right side only. */
interface Example {
  readonly language: 'yaml' | 'sh';
  readonly wrong?: string;
  readonly right: string;
}
