import type { Settings, SettingValue, Target } from '../../core/desired.ts';
import type { Drift } from '../../core/drift.ts';
import type { Observed } from '../../core/observed.ts';
import { byText } from '../../core/order.ts';
import type { Plan } from '../../core/plan.ts';
import { isDeed } from '../../core/plan.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import type { Ground } from './ground.ts';
import { groundOf } from './ground.ts';
import type { KnownJob, Precondition, SavedPlan, ServerIdentity } from './saved-plan.ts';

/** Names of the targets on which a plan does something, sorted. */
export function touchedTargets({ changes }: Plan): readonly string[] {
  return [...new Set(changes.filter(isDeed).map(({ target }) => target))].toSorted(byText);
}

/** How the project file differs from the one that a plan was made with, as far as the plan touches it. */
export function projectDrift(plan: Plan, project: string, targets: readonly Target[]): readonly Drift[] {
  const touched = new Set(touchedTargets(plan));
  const renamed = project === plan.project ? [] : [{ what: 'project', planned: plan.project, now: project }];
  const moved = plan.targets
    .filter(({ name }) => touched.has(name))
    .flatMap((planned): readonly Drift[] => {
      const target = planned.name;
      const now = targets.find(({ name }) => name === target);
      if (now === undefined) return [{ target, what: 'target', planned: target }];
      return (['provider', 'region', 'endpoint'] as const).flatMap((what) =>
        difference({ target, what }, planned[what], now[what]),
      );
    });
  return [...renamed, ...moved];
}

/**
 * How the accounts differ from what the changes of a saved plan stand on. Nothing else of an account matters: a job
 * that no change touches may come, go and change.
 */
export function accountDrift(
  { plan, preconditions }: SavedPlan,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
): readonly Drift[] {
  const changes = new Map(plan.changes.map((change) => [keyOf(change), change]));
  return [...observed].flatMap(([target, account]) => {
    const planned = plan.targets.find(({ name }) => name === target);
    const ground = groundOf(account, traits.get(target)?.fields ?? []);
    return [
      ...difference({ target, what: 'account' }, planned?.account, account.account),
      ...preconditions
        .filter((precondition) => precondition.target === target)
        .flatMap((precondition) => {
          const change = changes.get(keyOf(precondition));
          return change === undefined ? [] : changeDrift(precondition, ground, change);
        }),
    ];
  });
}

/** An address is unique within its target only. */
export function keyOf({ target, address }: { readonly target: string; readonly address: string }): string {
  return JSON.stringify([target, address]);
}

type About = Pick<Drift, 'target' | 'address' | 'job'>;

function changeDrift(
  { target, address, server, jobs }: Precondition,
  ground: Ground,
  change: Parameters<Ground['jobs']>[0],
): readonly Drift[] {
  const about = { target, address };
  const now = new Map(ground.jobs(change).map((job) => [job.id, job]));
  const known = jobs.flatMap((job) => jobDrift(about, job, now.get(job.id)));
  const ids = new Set(jobs.map(({ id }) => id));
  const strangers = [...now.values()].filter(({ id }) => !ids.has(id));
  return [
    ...serverDrift(about, server, ground.server(change)),
    ...known,
    ...strangers.map(({ id, owner }) => ({ ...about, job: id, what: 'job', now: ownerText(owner) })),
  ];
}

function serverDrift(
  about: About,
  planned: ServerIdentity,
  now: ServerIdentity | undefined,
): readonly Drift[] {
  if (now === undefined) return [{ ...about, what: 'server', planned: planned.serverId }];
  return (['vmManagerId', 'vmId', 'vmWareUuid', 'path', 'name'] as const).flatMap((part) =>
    // A job may know less of its server than the catalogue did.
    now[part] === undefined ? [] : difference({ ...about, what: `server ${part}` }, planned[part], now[part]),
  );
}

function jobDrift(about: About, planned: KnownJob, now: KnownJob | undefined): readonly Drift[] {
  const job = planned.id;
  if (now === undefined) return [{ ...about, job, what: 'job', planned: ownerText(planned.owner) }];
  return [
    ...difference({ ...about, job, what: 'state' }, planned.state, now.state),
    ...difference({ ...about, job, what: 'owner' }, ownerText(planned.owner), ownerText(now.owner)),
    ...settingsDrift({ ...about, job }, planned.settings, now.settings),
    ...settingsDrift({ ...about, job }, planned.facts ?? {}, now.facts ?? {}),
  ];
}

function settingsDrift(about: About, planned: Settings, now: Settings): readonly Drift[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])].toSorted(byText);
  return names.flatMap((what) => difference({ ...about, what }, planned[what], now[what]));
}

function difference(
  about: Pick<Drift, 'target' | 'address' | 'job' | 'what'>,
  planned: SettingValue | undefined,
  now: SettingValue | undefined,
): readonly Drift[] {
  if (planned === now) return [];
  return [{ ...about, ...(planned !== undefined && { planned }), ...(now !== undefined && { now }) }];
}

function ownerText(owner: KnownJob['owner']): string {
  return owner === undefined ? 'nobody' : `${owner.project}/${owner.wave}`;
}
