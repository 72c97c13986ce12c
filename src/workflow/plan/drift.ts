import type { Concern } from '../../core/concern.ts';
import type { DriftReport } from '../../core/results/drift.ts';
import type { Workspace } from '../../core/environment.ts';
import { findDrift } from '../../plan/drift.ts';
import { openAccounts } from '../accounts.ts';
import { loadProjectAt } from '../git/manifests-at-revision.ts';
import { type InvalidManifests, manifestsOf, readManifests } from '../manifests.ts';
import { findProjectFile } from '../project-files.ts';
import { scopeOfRun, type Selection } from '../selection.ts';
import { observeManifests } from './planning.ts';

export interface DriftOptions extends Selection {
  /** The git revision whose manifests are compared; absent: the files on disk. */
  readonly ref?: string;
}

/** All differences between the manifests and the accounts, or why they could not be compared. */
export type DriftResult =
  | InvalidManifests
  | {
      readonly kind: 'compared';
      readonly report: DriftReport;
      /** The revision whose manifests were compared. */
      readonly origin?: { readonly revision: string; readonly commit: string };
    };

/** Concerns that say what was not compared; `validate` reports all others. */
const COVERAGE_CONCERNS: ReadonlySet<string> = new Set<Concern['id']>([
  'target.not-looked-at',
  'file.none',
  'file.unmatched',
]);

/**
 * Compares the manifests with the accounts, and changes nothing.
 * @throws LandfallError where a name fits nothing, or git or an account cannot be reached
 */
export async function drift(workspace: Workspace, options: DriftOptions = {}): Promise<DriftResult> {
  const { ref } = options;
  const projectFile = findProjectFile(workspace);
  const revision = ref === undefined ? undefined : await loadProjectAt(workspace, projectFile, ref);
  const manifests =
    revision === undefined
      ? await readManifests(workspace)
      : manifestsOf(workspace, projectFile, revision.loaded, revision.commit);
  if (manifests.kind === 'invalid') return manifests;
  await using accounts = await openAccounts(workspace, scopeOfRun(manifests, options));
  const input = await observeManifests(workspace, manifests, accounts, options);
  const report = findDrift({
    ...input,
    concerns: input.concerns.filter(({ id }) => COVERAGE_CONCERNS.has(id)),
  });
  const origin =
    revision === undefined || ref === undefined ? {} : { origin: { revision: ref, commit: revision.commit } };
  return { kind: 'compared', report, ...origin };
}
