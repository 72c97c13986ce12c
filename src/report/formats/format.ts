import type { DriftReport } from '../../core/results/drift.ts';
import type { LandfallError } from '../../core/error.ts';
import type { Plan } from '../../core/plan.ts';
import type { ManifestRevision } from '../drift/drift.ts';
import type { TextOptions } from '../text/blocks.ts';
import type { PlanSource } from '../plan/markdown.ts';
import type { Freshness } from '../../core/apply-result.ts';
import type { ValidationSource } from '../validation/markdown.ts';
import type { Validation } from '../validation/validation.ts';

/** Renders each kind of result as text that ends in a newline, or as nothing where a format of lines has none. */
export interface OutputFormat {
  /** Whether invalid manifests are reported in this format when there is no plan; stderr has them in any case. */
  readonly reportsInvalidManifests: boolean;
  /** Whether a saved plan is shown with its freshness; if not, stderr tells it. */
  readonly showsFreshness: boolean;
  plan(result: PlanResult, options: RenderOptions): string | Promise<string>;
  validation(result: ValidationResult, options: RenderOptions): string | Promise<string>;
  drift?(
    report: DriftReport,
    origin: ManifestRevision | undefined,
    options: RenderOptions,
  ): string | Promise<string>;
  /** Renders why there is no plan, in place of the plan. */
  failure?(error: LandfallError, source: ValidationSource, options: RenderOptions): string;
}

interface PlanResult {
  readonly plan: Plan;
  /** Of a saved plan. */
  readonly freshness?: Freshness;
  /** Finds out the commit and the command that applies the plan; called only by formats that show them. */
  readonly source: () => PlanSource | Promise<PlanSource>;
}

export interface ValidationResult {
  readonly validation: Validation;
  /** The command that read the manifests. */
  readonly command: 'validate' | 'plan' | 'drift';
  /** Finds out project, targets and commit; called only by formats that show them. */
  readonly source: () => Promise<ValidationSource>;
}

export interface RenderOptions extends TextOptions {
  /** The most bytes of UTF-8 that a comment may have. */
  readonly maxBytes: number;
  /** landfall's own version. */
  readonly version: string;
  /** Tells how files are called; used only by formats that name them from the top of the repository. */
  readonly files: () => FileNames;
}

export interface FileNames {
  /** The project file, as concerns name files. */
  readonly projectFile: string;
  /** Turns the name of a file in a concern into its path from the top of the repository. */
  readonly fileOf: (file: string) => string;
}
