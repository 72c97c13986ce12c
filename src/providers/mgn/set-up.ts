/** One thing that an account has to have, and what became of it. */
export interface SetUpStep {
  /** In words: `replication configuration template`. */
  readonly what: string;
  readonly done: 'created' | 'there already' | 'updated';
}
