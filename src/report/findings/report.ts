import type { Change } from '../../core/plan.ts';
import type { Finding } from './finding.ts';

/** The formats in which pipelines take findings. */
export const FINDING_FORMATS = ['github', 'gitlab', 'junit', 'sarif'] as const;
export type FindingFormat = (typeof FINDING_FORMATS)[number];

export function isFindingFormat(format: string): format is FindingFormat {
  return FINDING_FORMATS.some((known) => known === format);
}

/** All that a format may say of a run. */
export interface FindingReport {
  /** The command that found them. */
  readonly command: 'validate' | 'plan';
  readonly version: string;
  /** The project file and all files that were read, as a pipeline calls them. */
  readonly projectFile: string;
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Of a plan: what happens to each VM. */
  readonly changes?: readonly Change[];
}
