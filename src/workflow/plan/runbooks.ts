import { dirname } from 'node:path';
import { type DesiredWave, isEarlierPhase } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { Runbook } from '../../core/results/runbook.ts';
import { loadProjectAt } from '../git/manifests-at-revision.ts';
import { findRepository, mergeBase } from '../git/repository.ts';
import type { Manifests } from '../manifests.ts';
import { runbooksOf } from '../runbook.ts';
import type { PolicyOptions } from './policies.ts';

/** Waves whose runbooks are written at most: each takes a forecast. */
const MOST_RUNBOOKS = 10;

/**
 * Lists the waves whose phase or cut-over time has changed since the working tree and a revision parted, and that can still
 * be cut over: their runbooks are what a reviewer needs.
 * @throws LandfallError GIT_FAILED, or REVISION_UNKNOWN where there is no such revision
 */
export async function wavesWithOtherCutover(
  workspace: Workspace,
  { desired, projectFile }: Manifests,
  revision: string,
): Promise<readonly string[]> {
  const repository = await findRepository(workspace.host, dirname(projectFile));
  // A shallow clone may not have that commit: its branch is compared as it is now.
  const base = await mergeBase(repository, revision).catch(() => revision);
  const before = new Map((await wavesAt(workspace, projectFile, base)).map((wave) => [wave.name, wave]));
  return desired.waves
    .filter((wave) => {
      const { phase, cutover } = before.get(wave.name) ?? {};
      const isOther = JSON.stringify([phase, cutover]) !== JSON.stringify([wave.phase, wave.cutover]);
      return isOther && isEarlierPhase(wave.phase ?? 'replicate', 'finalize');
    })
    .map(({ name }) => name);
}

/** The waves of a revision, as far as its manifests are valid; none where the project is new. */
async function wavesAt(
  workspace: Workspace,
  projectFile: string,
  commit: string,
): Promise<readonly DesiredWave[]> {
  try {
    const { loaded } = await loadProjectAt(workspace, projectFile, commit);
    return (loaded.desired ?? loaded.partial)?.waves ?? [];
  } catch (error) {
    if (error instanceof LandfallError && error.code === 'PROJECT_NOT_FOUND') return [];
    throw error;
  }
}

/**
 * Observes the accounts for the runbooks of waves. Those of targets that cannot be read, and of many waves the last, are left out.
 * @param options which policies hold, and whether their phases and times are those of a change that is under review
 */
export async function runbooksOfPlan(
  workspace: Workspace,
  manifests: Manifests,
  waves: readonly string[],
  options: PolicyOptions & { readonly isProposed: boolean },
): Promise<readonly Runbook[]> {
  if (waves.length === 0) return [];
  // The plan has told what is read already.
  const { host, projectFile } = workspace;
  const quiet = { host, ...(projectFile !== undefined && { projectFile }) };
  const found = await runbooksOf(quiet, manifests, waves.slice(0, MOST_RUNBOOKS), options);
  return found.flatMap((each) => ('sections' in each ? [each] : []));
}
