import type { Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';

/** What a validation found. */
export interface Validation {
  /** Absent when a concern is an error. */
  readonly desired: Desired | undefined;
  /** Sorted by place. */
  readonly concerns: readonly Concern[];
  readonly files: readonly string[];
}

/** How many concerns make a project invalid, and how many do not. A refused VM is as wrong as a broken file. */
export function countConcerns(concerns: readonly Concern[]): { errors: number; warnings: number } {
  const warnings = concerns.filter(({ severity }) => severity === 'warning').length;
  return { errors: concerns.length - warnings, warnings };
}
