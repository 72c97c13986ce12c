import type { Colors } from 'picocolors/types.js';

export interface PlanTextOptions {
  readonly colors: Colors;
  /** Lists what stays as it is, too, and everything that is otherwise only counted. */
  readonly verbose: boolean;
}
