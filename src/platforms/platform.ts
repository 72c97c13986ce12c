/** A comment as a platform has it. Everything in it is untrusted. */
export interface Comment {
  readonly id: string;
  readonly body: string;
  readonly url: string;
  /** Whether the token's user wrote it; undefined where the platform does not let one tell. */
  readonly isOwn: boolean | undefined;
}

/** The port to the comments of one pull or merge request. Errors are LandfallErrors (see `CallFailed`). */
export interface Platform {
  /** Most characters of a comment, in UTF-16 code units: never more than the platform counts. */
  readonly longest: number;
  /** All comments that people or programs wrote, oldest first, from every page. */
  list(): Promise<readonly Comment[]>;
  /** Adds a comment, in one try: after a lost reply the caller looks whether it is there. */
  create(body: string): Promise<Comment>;
  /** Undefined: the comment is gone, or the token may not edit it. */
  update(comment: Comment, body: string): Promise<Comment | undefined>;
  /** Puts comments that are outdated out of sight; resolves to those that it could not hide. */
  hide(comments: readonly Comment[]): Promise<readonly Comment[]>;
}
