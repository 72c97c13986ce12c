import type { Target } from '../core/desired.ts';
import type { Project, World } from './model.ts';

type Provider = Target['provider'];

/**
 * Tells the service of each wave's target. Of a wave whose target there is not, it is the one that all targets of the
 * project have in common; where they have none, or something is wrong with them, nothing is known. Without a project
 * manifests are judged as they were when there was SMS alone.
 */
export function providersOf(project: Project | undefined): World['providerOf'] {
  if (project === undefined) return () => 'sms';
  const { targets, targetNames, defaultTarget } = project;
  const byTarget = new Map<string, Provider>(targets.map(({ name, provider }) => [name, provider]));
  const all = new Set(byTarget.values());
  const common = all.size === 1 && byTarget.size === targetNames.length ? [...all][0] : undefined;
  return ({ target = defaultTarget }) =>
    byTarget.get(target ?? '') ?? (isWritten(target) ? undefined : common);

  function isWritten(target: string | undefined): boolean {
    return target !== undefined && targetNames.includes(target);
  }
}
