import type { Place } from '../error.ts';
import type { PolicyResult, Read } from './policy.ts';

/** What a case of a test expects a policy to say. */
export interface PolicyExpectation {
  readonly policy: string;
  readonly result: Exclude<PolicyResult, 'none'>;
  /** Absent: any message. */
  readonly message?: string;
  readonly place: Place;
}

/** What a policy said, beside what was expected. */
export interface PolicyOutcome extends PolicyExpectation {
  readonly isMet: boolean;
  readonly got: {
    readonly result: PolicyResult;
    readonly message?: string;
    /** Addresses, or positions, of the changes that violate it. */
    readonly changes: readonly string[];
  };
  /** What its expression read; empty where the expectation is met. */
  readonly reads: readonly Read[];
}

/** A case of a test with its outcomes. */
export interface PolicyCaseResult {
  readonly name: string;
  readonly place: Place;
  readonly outcomes: readonly PolicyOutcome[];
}

/** The results of the tests of the policies of a project. */
export interface PolicyTestReport {
  readonly project: string;
  /** The policies that were tested, in the order of the project file; how many expectations each has. */
  readonly policies: readonly {
    readonly name: string;
    readonly place: Place;
    readonly expectations: number;
  }[];
  readonly cases: readonly PolicyCaseResult[];
}

/** Whether all expectations of a case are met. */
export function isPassed({ outcomes }: PolicyCaseResult): boolean {
  return outcomes.every(({ isMet }) => isMet);
}
