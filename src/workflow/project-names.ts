import { join } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import type { Desired } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import { loadProject } from '../manifest/load.ts';
import { findProjectFile } from './project-files.ts';

/** Names of the project, sorted, without duplicates. */
export interface ProjectNames {
  readonly waves: readonly string[];
  readonly targets: readonly string[];
  /** Names of VMs. */
  readonly vms: readonly string[];
  /** `wave/name` of each VM. */
  readonly addresses: readonly string[];
}

/**
 * Reads the names of the project for completion: none where there is no project, or where it is invalid.
 * @param named the value of `--project`; a shell has not yet replaced `~` in it
 */
export async function readProjectNames(
  workspace: Workspace,
  named: string | undefined,
): Promise<ProjectNames> {
  const sorted = (names: readonly string[]) => [...new Set(names)].toSorted(byText);
  let desired: Desired | undefined;
  try {
    const { cwd, clock, env } = workspace.host;
    const home = env['HOME'];
    const isInHome = home !== undefined && named?.startsWith('~/') === true;
    const projectFile = isInHome ? join(home, named.slice(2)) : named;
    const found = findProjectFile(projectFile === undefined ? workspace : { ...workspace, projectFile });
    ({ desired } = await loadProject({ projectFile: found, cwd, now: clock.now() }));
  } catch {
    // Completion shows no errors.
  }
  const { waves = [], targets = [], vms = [] } = desired ?? {};
  return {
    waves: sorted(waves.map(({ name }) => name)),
    targets: sorted(targets.map(({ name }) => name)),
    vms: sorted(vms.map(({ address, reference }) => reference.name ?? address)),
    addresses: sorted(vms.map(({ address }) => address)),
  };
}
