/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The library: what `landfall validate`, `plan`, `apply`, `apply --follow`, `drift` and `status` do, for TypeScript programs. Every function
 * returns data and prints nothing. Manifests with errors are a result of the kind `invalid`; everything else that stops a
 * function is thrown as a LandfallError, whose `code` and `remedy` say what to do.
 */
import type { Environment, WorkflowEvent, Workspace } from './core/environment.ts';
import type { Status } from './core/status.ts';
import { processEnvironment } from './process.ts';
import { type InvalidManifests, validate as validateProject } from './workflow/manifests.ts';
import type { ApplyOptions, ApplyResult } from './workflow/plan/apply.ts';
import type { FollowOptions } from './workflow/plan/follow.ts';
import type { DriftOptions, DriftResult } from './workflow/plan/drift.ts';
import type { NewPlanOptions, PlanResult } from './workflow/plan/planning.ts';
import type { StatusOptions, StatusResult } from './workflow/runs/status.ts';

export type {
  ApplyOutcome,
  ApplyReport,
  ApplyReporter,
  ChangeResult,
  FollowOutcome,
  FollowRound,
} from './core/apply-result.ts';
export type { Concern } from './core/concern.ts';
export type { DriftReport, ManifestDrift } from './core/results/drift.ts';
export { LandfallError } from './core/error.ts';
export type { Change, Plan, StepAhead } from './core/plan.ts';
export type { VmStatus } from './core/status.ts';
export type {
  ApplyOptions,
  ApplyResult,
  DriftOptions,
  DriftResult,
  Environment,
  FollowOptions,
  InvalidManifests,
  NewPlanOptions,
  PlanResult,
  Status,
  StatusOptions,
  StatusResult,
  WorkflowEvent,
};

/** The project, and what to take instead of this process's own working folder, environment and clock. */
export interface ProjectOptions extends Partial<Pick<Environment, 'cwd' | 'env' | 'clock'>> {
  /** The project file or its folder; absent: the nearest landfall.yaml in the working folder or above it. */
  readonly projectFile?: string;
  /** Stops an apply when it aborts: changes that have started are finished, no others are started. */
  readonly signal?: AbortSignal;
  /** Is told what happens while a function runs, such as waiting for a lock. */
  readonly onEvent?: (event: WorkflowEvent) => void;
}

function workspaceOf({ projectFile, signal, onEvent, ...overrides }: ProjectOptions): Workspace {
  const onInterrupt: Environment['onInterrupt'] = (callback) => {
    const stop = (): void => void callback();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) queueMicrotask(stop);
    return () => {
      signal?.removeEventListener('abort', stop);
    };
  };
  return {
    host: { ...processEnvironment(), ...overrides, onInterrupt },
    ...(projectFile !== undefined && { projectFile }),
    ...(onEvent !== undefined && { onEvent }),
  };
}

/**
 * Checks the project file and its wave files; needs no network and no credentials.
 * @returns all concerns, sorted by place; `desired` is absent when one of them is an error
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function validate(options: ProjectOptions = {}): ReturnType<typeof validateProject> {
  return validateProject(workspaceOf(options));
}

/**
 * Compares the manifests with the accounts and returns what an apply would change. Changes nothing in an account.
 * @throws LandfallError where a name fits nothing, or git or an account cannot be reached
 */
export async function plan(options: ProjectOptions & NewPlanOptions = {}): Promise<PlanResult> {
  const workflow = await import('./workflow/plan/planning.ts');
  return workflow.plan(workspaceOf(options), options);
}

/**
 * Plans and applies the plan under the locks of its targets. `approve` is asked first; without it the plan is applied.
 * @returns what became of each change; `report.exitCode` is that of `landfall apply`
 * @throws LandfallError where nothing was applied: a lock is held, or an account cannot be reached
 */
export async function apply(options: ProjectOptions & ApplyOptions = {}): Promise<ApplyResult> {
  const workflow = await import('./workflow/plan/apply.ts');
  return workflow.apply(workspaceOf(options), options);
}

/**
 * Plans, and takes each VM the whole way to the phase of its wave: the changes of the plan and the steps that it lists after
 * them, each as soon as the service allows it, and nothing else. `approve` is asked first, with the plan and the later steps
 * that must be confirmed by name (`confirmFinalize`); without it the plan is carried out. `onRound` is told of each round.
 * @returns where each VM stands at the end, in `report.follow`; `report.exitCode` is 0 once all have arrived, else 6
 * @throws LandfallError as `apply`, before anything was changed
 */
export async function follow(options: ProjectOptions & FollowOptions = {}): Promise<ApplyResult> {
  const workflow = await import('./workflow/plan/follow.ts');
  return workflow.follow(workspaceOf(options), options);
}

/**
 * Compares the manifests, on disk or of the git revision `ref`, with the accounts. Changes nothing.
 * @throws LandfallError where a name fits nothing, or git or an account cannot be reached
 */
export async function drift(options: ProjectOptions & DriftOptions = {}): Promise<DriftResult> {
  const workflow = await import('./workflow/plan/drift.ts');
  return workflow.drift(workspaceOf(options), options);
}

/**
 * Observes the replication status of each VM.
 * @throws LandfallError where a name fits nothing, or an account cannot be reached
 */
export async function status(options: ProjectOptions & StatusOptions = {}): Promise<StatusResult> {
  const workflow = await import('./workflow/runs/status.ts');
  return workflow.status(workspaceOf(options), options);
}
