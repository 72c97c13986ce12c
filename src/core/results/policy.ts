import type { Place } from '../error.ts';

/** A rule of a project about its plans (`policies` of the project file): an expression that is true where nothing is wrong. */
export interface Policy {
  readonly name: string;
  /** Whether it is about each change that would be made, or about the plan as a whole. */
  readonly scope: 'change' | 'plan';
  /** In CEL, of type bool. */
  readonly expression: string;
  readonly message: string;
  /** In CEL, of type string: in place of the message, which stands where it cannot be evaluated. */
  readonly messageExpression?: string;
  readonly severity: 'critical' | 'warning';
  readonly remedy?: string;
  readonly place: Place;
}

/** A policy that a plan does not meet. */
export interface Violation {
  readonly policy: Policy;
  /** Index of the change in the plan; absent: the plan as a whole. */
  readonly change?: number;
  readonly message: string;
  /** The policy could not be evaluated, which is never a pass. */
  readonly isFailure?: true;
}
