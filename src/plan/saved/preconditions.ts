import type { ChangedPrecondition } from '../../core/apply-result.ts';
import type { Settings, SettingValue, Target } from '../../core/desired.ts';
import type { Place } from '../../core/error.ts';
import { byKeys, byText } from '../../core/lists.ts';
import type { Address } from '../../core/names.ts';
import type { Observed, ObservedJob, ObservedServer, Owner } from '../../core/observed.ts';
import { type Change, isExecutable, type Plan } from '../../core/plan.ts';
import { formatInstant, type Instant } from '../../core/time.ts';
import type { FieldRule, ProviderTraits } from '../../core/provider.ts';
import { groupJobs, indexServers } from '../../journey/servers.ts';

/** A saved plan: the plan, and what must still be true when it is applied. */
export interface SavedPlan {
  readonly plan: Plan;
  /** One for each change to apply. */
  readonly preconditions: readonly Precondition[];
  /** What the plan was narrowed to; absent: the whole project was planned. */
  readonly narrowedTo?: NarrowedTo;
}

/** The names that a plan was narrowed to, not patterns; a part that is absent narrows nothing. */
export interface NarrowedTo {
  readonly targets?: readonly string[];
  readonly waves?: readonly string[];
  /** Addresses of VMs. */
  readonly vms?: readonly string[];
}

/** What was observed of the server of a change. */
export interface Precondition {
  readonly target: string;
  readonly address: Address;
  readonly server: ServerIdentity;
  /** All jobs of the server, sorted by id. Of a create there are none. */
  readonly jobs: readonly PreconditionJob[];
}

/** What identifies a server: an id may belong to another VM after a catalogue has been imported again. */
type ServerIdentity = Pick<
  ObservedServer,
  'serverId' | 'name' | 'path' | 'vmManagerId' | 'vmId' | 'vmWareUuid'
>;

interface PreconditionJob {
  readonly id: string;
  /** `active` for all states in which a job replicates or may again: a job goes from one to the next by itself. */
  readonly state: 'active' | 'failed' | 'completed';
  readonly owner?: Owner;
  /** Without those that the service itself moves, unless the change is about them. */
  readonly settings: Settings;
  readonly facts?: Settings;
}

/**
 * Makes the saved form of a plan: the plan, and the preconditions of its changes.
 *
 * @param shown returns the path of a manifest file for the saved plan, without parts of this machine
 */
export function savePlan(
  plan: Plan,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
  shown: (file: string) => string,
  narrowedTo?: NarrowedTo,
): SavedPlan {
  const executable = plan.changes.filter(isExecutable);
  const preconditions = [...observed].flatMap(([target, account]) => {
    const current = observePreconditions(account, traits.get(target)?.fields ?? []);
    return executable
      .filter((change) => change.target === target)
      .map((change): Precondition => {
        const { address, serverId } = change;
        const server = current.server(change) ?? { serverId };
        return { target, address, server, jobs: current.jobs(change) };
      });
  });
  const rename = <T extends { readonly place?: Place }>(item: T): T =>
    item.place === undefined ? item : { ...item, place: { ...item.place, file: shown(item.place.file) } };
  return {
    plan: {
      ...{ ...plan, changes: plan.changes.map(rename), concerns: plan.concerns.map(rename) },
      ...(plan.waves !== undefined && { waves: plan.waves.map(rename) }),
      ...(plan.windows !== undefined && { windows: plan.windows.map(rename) }),
    },
    preconditions,
    ...(narrowedTo !== undefined && { narrowedTo }),
  };
}

/** Names of the targets on which a plan does something, sorted. */
export function targetsWithChanges({ changes }: Plan): readonly string[] {
  return [...new Set(changes.filter(isExecutable).map(({ target }) => target))].toSorted(byText);
}

/** How the project file differs from the one that a plan was made with, as far as the plan touches it. */
export function changedProject(
  plan: Plan,
  project: string,
  targets: readonly Target[],
): readonly ChangedPrecondition[] {
  const touched = new Set(targetsWithChanges(plan));
  const renamed = project === plan.project ? [] : [{ what: 'project', planned: plan.project, now: project }];
  const moved = plan.targets
    .filter(({ name }) => touched.has(name))
    .flatMap((planned): readonly ChangedPrecondition[] => {
      const target = planned.name;
      const now = targets.find(({ name }) => name === target);
      if (now === undefined) return [{ target, what: 'target', planned: target }];
      return (['provider', 'region', 'endpoint'] as const).flatMap((what) =>
        compareValue({ target, what }, planned[what], now[what]),
      );
    });
  return [...renamed, ...moved];
}

/**
 * How the accounts differ from what the changes of a saved plan depend on. Nothing else of an account matters: jobs
 * that no change touches may differ.
 */
export function changedPreconditions(
  { plan, preconditions }: SavedPlan,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
): readonly ChangedPrecondition[] {
  const changes = new Map(plan.changes.map((change) => [changeKey(change), change]));
  return [...observed].flatMap(([target, account]) => {
    const planned = plan.targets.find(({ name }) => name === target);
    const current = observePreconditions(account, traits.get(target)?.fields ?? []);
    return [
      ...compareValue({ target, what: 'account' }, planned?.account, account.account),
      ...plan.changes.flatMap((change) => (change.target === target ? shutWindow(change, account.at) : [])),
      ...preconditions
        .filter((precondition) => precondition.target === target)
        .flatMap((precondition) => {
          const change = changes.get(changeKey(precondition));
          return change === undefined ? [] : compareChange(precondition, current, change);
        }),
    ];
  });
}

/** The window of a change that apply would execute, if it has shut. */
function shutWindow(change: Change, now: Instant): readonly ChangedPrecondition[] {
  if (!isExecutable(change) || change.closesAt === undefined || now < change.closesAt) return [];
  const { target, address, closesAt } = change;
  const planned = `open until ${formatInstant(closesAt)}`;
  return [{ target, address, what: 'window', planned, now: 'shut' }];
}

/** An address is unique within its target only. */
export function changeKey({
  target,
  address,
}: {
  readonly target: string;
  readonly address: Address;
}): string {
  return JSON.stringify([target, address]);
}

type ChangedItem = Pick<ChangedPrecondition, 'target' | 'address' | 'job'>;

function compareChange(
  { target, address, server, jobs }: Precondition,
  current: ObservedPreconditions,
  change: Parameters<ObservedPreconditions['jobs']>[0],
): readonly ChangedPrecondition[] {
  const about = { target, address };
  const now = new Map(current.jobs(change).map((job) => [job.id, job]));
  const known = jobs.flatMap((job) => compareJob(about, job, now.get(job.id)));
  const ids = new Set(jobs.map(({ id }) => id));
  const others = [...now.values()].filter(({ id }) => !ids.has(id));
  return [
    ...compareServer(about, server, current.server(change)),
    ...known,
    ...others.map(({ id, owner }) => ({ ...about, job: id, what: 'job', now: ownerText(owner) })),
  ];
}

function compareServer(
  about: ChangedItem,
  planned: ServerIdentity,
  now: ServerIdentity | undefined,
): readonly ChangedPrecondition[] {
  if (now === undefined) return [{ ...about, what: 'server', planned: planned.serverId }];
  return (['vmManagerId', 'vmId', 'vmWareUuid', 'path', 'name'] as const).flatMap((part) =>
    // A job may have fewer identifiers of its server than the catalogue.
    now[part] === undefined
      ? []
      : compareValue({ ...about, what: `server ${part}` }, planned[part], now[part]),
  );
}

function compareJob(
  about: ChangedItem,
  planned: PreconditionJob,
  now: PreconditionJob | undefined,
): readonly ChangedPrecondition[] {
  const job = planned.id;
  if (now === undefined) return [{ ...about, job, what: 'job', planned: ownerText(planned.owner) }];
  return [
    ...compareValue({ ...about, job, what: 'state' }, planned.state, now.state),
    ...compareValue({ ...about, job, what: 'owner' }, ownerText(planned.owner), ownerText(now.owner)),
    ...compareSettings({ ...about, job }, planned.settings, now.settings),
    ...compareSettings({ ...about, job }, planned.facts ?? {}, now.facts ?? {}),
  ];
}

function compareSettings(
  about: ChangedItem,
  planned: Settings,
  now: Settings,
): readonly ChangedPrecondition[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])].toSorted(byText);
  return names.flatMap((what) => compareValue({ ...about, what }, planned[what], now[what]));
}

function compareValue(
  about: Pick<ChangedPrecondition, 'target' | 'address' | 'job' | 'what'>,
  planned: SettingValue | undefined,
  now: SettingValue | undefined,
): readonly ChangedPrecondition[] {
  if (planned === now) return [];
  return [{ ...about, ...(planned !== undefined && { planned }), ...(now !== undefined && { now }) }];
}

function ownerText(owner: PreconditionJob['owner']): string {
  return owner === undefined ? 'nobody' : `${owner.project}/${owner.wave}`;
}

/** The part of an account that changes depend on, in the same form when a plan is saved and when it is checked. */
interface ObservedPreconditions {
  /** Absent: neither the catalogue nor a job knows the server. */
  server(change: Change): ServerIdentity | undefined;
  /** All jobs of the change's server, sorted by id. */
  jobs(change: Change): readonly PreconditionJob[];
}

/** What the changes of an account depend on; `rules` is the table of its provider's fields. */
export function observePreconditions(observed: Observed, rules: readonly FieldRule[]): ObservedPreconditions {
  const servers = indexServers(observed);
  const jobs = groupJobs(observed.jobs, servers);
  const unfinished = groupJobs(observed.unfinished ?? [], servers);
  const changing = new Set(
    rules.filter(({ changedByService }) => changedByService === true).map(({ name }) => name),
  );
  return {
    server({ serverId }) {
      const server = servers.byId(serverId);
      return server === undefined ? undefined : serverIdentity(server);
    },
    jobs(change) {
      const touched = new Set(change.fields.map(({ field }) => field));
      const counts = (setting: string): boolean => !changing.has(setting) || touched.has(setting);
      const all = [
        ...(jobs.get(change.serverId) ?? []),
        // A create ignores unfinished jobs, and a delete removes them.
        ...(change.action === 'delete' ? (unfinished.get(change.serverId) ?? []) : []),
      ];
      // An update of settings does not depend on the phase of the job.
      const withFacts = change.action !== 'update';
      return all.map((job) => preconditionJob(job, counts, withFacts)).toSorted(byId);
    },
  };
}

const byId = byKeys<PreconditionJob>(({ id }) => id);

function serverIdentity({
  serverId,
  name,
  path,
  vmManagerId,
  vmId,
  vmWareUuid,
}: ObservedServer): ServerIdentity {
  return {
    serverId,
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmId !== undefined && { vmId }),
    ...(vmWareUuid !== undefined && { vmWareUuid }),
  };
}

function preconditionJob(
  { id, state, owner, settings, facts }: ObservedJob,
  counts: (name: string) => boolean,
  withFacts: boolean,
): PreconditionJob {
  const known: Settings = Object.fromEntries(Object.entries(settings).filter(([name]) => counts(name)));
  return {
    id,
    state: state === 'failed' || state === 'completed' ? state : 'active',
    ...(owner !== undefined && { owner }),
    settings: known,
    ...(withFacts && facts !== undefined && { facts }),
  };
}
