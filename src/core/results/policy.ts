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

/** A part of an expression and the values that it had, as the expression would write them. */
export interface Read {
  readonly expression: string;
  readonly values: readonly string[];
  /** How many other values it had. */
  readonly more: number;
}

/** What a policy says of a plan; `none`: it is about changes, and the plan makes none. */
export type PolicyResult = 'pass' | 'violation' | 'error' | 'none';

/** What a policy says of a plan, and why. */
export interface PolicyVerdict {
  readonly result: PolicyResult;
  /** Of the first violation, or the error. */
  readonly message?: string;
  /** Indexes of the changes that violate it. */
  readonly changes: readonly number[];
  /** What its expression read, of the first violation, otherwise of the first change. */
  readonly reads: readonly Read[];
}
