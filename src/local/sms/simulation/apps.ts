import { omitUndefined } from '../../collections.ts';
import { MINUTE } from '../../simulation/durations.ts';
import { appId, digestId, groupId } from '../../simulation/ids.ts';
import type {
  App,
  AppConfiguration,
  AppFacts,
  AppInstance,
  AppLaunch,
  AppNotification,
  Job,
  LaunchSettings,
  Settings,
} from '../records.ts';
import type { SimulationContext, SmsAccount } from './account.ts';
import { isFinished, type JobCommand } from './job-states.ts';
import { activeOrWaitingRun } from './runs.ts';

/** An accepted change of an application, which its id names. */
export type AppCommand =
  | { readonly do: 'create-app'; readonly facts: NewFacts; readonly clientToken?: string }
  | { readonly do: 'update-app'; readonly app: string; readonly facts: Partial<NewFacts> }
  | {
      readonly do: 'configure-app';
      readonly app: string;
      readonly what: AppConfiguration;
      /** Absent: the configuration is deleted. */
      readonly settings?: Settings;
    }
  | { readonly do: 'start-app'; readonly app: string; readonly jobs: readonly NewJob[] }
  | { readonly do: 'run-app'; readonly app: string; readonly description?: string }
  | { readonly do: 'stop-app' | 'launch-app' | 'terminate-app' | 'delete-app'; readonly app: string }
  | {
      readonly do: 'notify-app';
      readonly app: string;
      readonly validation: string;
      readonly status: string;
      readonly message?: string;
    };

type NewJob = Omit<JobCommand & { readonly do: 'create' }, 'do' | 'app'>;
/** The facts of an application, whose new groups have no ids yet. */
type NewFacts = Omit<AppFacts, 'groups'> & {
  readonly groups: readonly (Omit<AppFacts['groups'][number], 'id'> & { readonly id?: string })[];
};

/** Milliseconds that a launch is pending, that each group of servers takes, and that a termination takes. */
const PENDING = MINUTE / 2;
const GROUP_LAUNCH = 5 * MINUTE;
const TERMINATION = 2 * MINUTE;
/** Milliseconds that a validation takes. */
const VALIDATION = 2 * MINUTE;

/** Executes a command of an application; `run` executes those of its jobs. */
export function executeAppCommand(
  { account }: SimulationContext,
  command: AppCommand,
  run: (command: JobCommand) => void,
): void {
  const { now } = account;
  if (command.do === 'create-app') {
    const number = ++account.appCount;
    const id = appId(number);
    const common = { number, id, createdAt: now, modifiedAt: now, configurations: {}, jobs: [] };
    const own = omitUndefined({ clientToken: command.clientToken });
    account.apps.set(id, { ...common, ...own, facts: factsOf(id, command.facts), notifications: {} });
    return;
  }
  const app = account.apps.get(command.app);
  if (app === undefined) throw new RangeError(`there is no application ${command.app}`);
  switch (command.do) {
    case 'update-app':
      app.facts = factsOf(app.id, { ...app.facts, ...command.facts });
      app.modifiedAt = now;
      return;
    case 'configure-app':
      app.configurations = omitUndefined({ ...app.configurations, [command.what]: command.settings });
      app.modifiedAt = now;
      return;
    case 'start-app': {
      const before = account.jobs.length;
      delete app.stopped;
      for (const job of command.jobs) run({ do: 'create', app: app.number, ...job });
      app.jobs = account.jobs.slice(before).map(({ number }) => number);
      return;
    }
    case 'run-app':
      for (const job of app.jobs)
        run({ do: 'run', job, ...omitUndefined({ description: command.description }) });
      return;
    case 'stop-app':
      stop(account, app, run);
      return;
    case 'launch-app':
      launch(account, app);
      return;
    case 'terminate-app':
      if (app.launch !== undefined)
        app.launch = { ...app.launch, terminatedAt: now, goneAt: now + TERMINATION };
      return;
    case 'delete-app':
      stop(account, app, run);
      account.apps.delete(app.id);
      return;
    case 'notify-app': {
      const notification: AppNotification = {
        status: command.status,
        at: now,
        ...omitUndefined({ message: command.message }),
      };
      app.notifications = { ...app.notifications, [command.validation]: notification };
    }
  }
}

function factsOf(app: string, { groups, ...facts }: NewFacts): AppFacts {
  const known = new Set(groups.map(({ id }) => id));
  let index = 0;
  const nextId = (): string => {
    const id = groupId(app, (index += 1));
    return known.has(id) ? nextId() : id;
  };
  return { ...facts, groups: groups.map(({ id = nextId(), ...group }) => ({ id, ...group })) };
}

function stop(account: SmsAccount, app: App, run: (command: JobCommand) => void): void {
  for (const job of jobsOf(account, app)) if (!isFinished(job)) run({ do: 'delete', job: job.number });
  if (app.jobs.length > 0) app.stopped = true;
}

/** Launches the application by the order of its groups, or launches it again. */
function launch({ now }: SmsAccount, app: App): void {
  const orders = launchOrders(app);
  const instances = app.facts.groups.flatMap(({ id, servers }) =>
    servers.map((serverId): Omit<AppInstance, 'id'> => {
      const at = now + PENDING + GROUP_LAUNCH * (1 + orders.indexOf(orderOf(app, id)));
      return { serverId, at, settings: launchSettings(app, serverId) };
    }),
  );
  app.launch = {
    stack:
      app.launch?.goneAt === undefined && app.launch !== undefined ? app.launch.stack : `${app.id}-${now}`,
    startedAt: now,
    endsAt: now + PENDING + GROUP_LAUNCH * Math.max(1, orders.length),
    instances: instances.map((one, index) => ({ id: digestId('i-', `${app.id}\n${now}\n${index}`), ...one })),
  };
}

interface GroupLaunch {
  readonly serverGroupId?: string;
  readonly launchOrder?: number;
  readonly serverLaunchConfigurations?: readonly (LaunchSettings & {
    readonly server?: { readonly serverId?: string };
  })[];
}

const groupLaunches = ({ configurations }: App) =>
  (configurations.launch?.['serverGroupLaunchConfigurations'] ?? []) as readonly GroupLaunch[];

/** Returns the order in which a group is launched; groups without one are launched first. */
export const orderOf = (app: App, group: string): number =>
  groupLaunches(app).find(({ serverGroupId }) => serverGroupId === group)?.launchOrder ?? 0;

const launchOrders = (app: App): number[] =>
  [...new Set(app.facts.groups.map(({ id }) => orderOf(app, id)))].sort((a, b) => a - b);

/** Returns the launch settings of a server. */
export function launchSettings(app: App, serverId: string): LaunchSettings {
  const found = groupLaunches(app)
    .flatMap(({ serverLaunchConfigurations = [] }) => serverLaunchConfigurations)
    .find(({ server }) => server?.serverId === serverId);
  return found ?? {};
}

/** Launches an application that launches by itself, when the first run of its last server has completed. */
export function launchAutomatically(account: SmsAccount, { app: number }: Job): void {
  const app = [...account.apps.values()].find((one) => one.number === number);
  if (app?.configurations.launch?.['autoLaunch'] !== true || app.launch !== undefined) return;
  if (replicationStatus(account, app) === 'REPLICATED') launch(account, app);
}

export const jobsOf = (account: SmsAccount, { jobs }: App): Job[] =>
  jobs.flatMap((number) => account.jobs[number - 1] ?? []);

/** Returns where the replication of an application stands: that of its servers together. */
export function replicationStatus(account: SmsAccount, app: App): string {
  const jobs = jobsOf(account, app);
  if (app.stopped === true)
    return jobs.some(({ state }) => state === 'DELETING') ? 'REPLICATION_STOPPING' : 'REPLICATION_STOPPED';
  if (jobs.length === 0)
    return app.configurations.replication === undefined ? 'READY_FOR_CONFIGURATION' : 'READY_FOR_REPLICATION';
  const completed = jobs.map(
    ({ runs }) =>
      runs.filter(({ completedAt, state }) => completedAt !== undefined && state !== 'FAILED').length,
  );
  const failed = jobs.some(({ failures, state }) => failures > 0 || state === 'FAILED');
  const active = jobs.some((job) => activeOrWaitingRun(job)?.state === 'ACTIVE');
  const all = completed.every((count) => count > 0);
  const delta = all && (completed.some((count) => count > 1) || active || failed);
  if (active) return delta ? 'DELTA_REPLICATION_IN_PROGRESS' : 'REPLICATION_IN_PROGRESS';
  if (failed && delta) return 'DELTA_REPLICATION_FAILED';
  if (failed) return completed.some((count) => count > 0) ? 'PARTIALLY_REPLICATED' : 'REPLICATION_FAILED';
  if (all) return delta ? 'DELTA_REPLICATED' : 'REPLICATED';
  return completed.some((count) => count > 0) ? 'REPLICATION_IN_PROGRESS' : 'REPLICATION_PENDING';
}

/** Returns where the launch of an application stands. */
export function launchStatus({ now }: SmsAccount, { configurations, launch: latest }: App): string {
  if (latest === undefined)
    return configurations.launch === undefined ? 'READY_FOR_CONFIGURATION' : 'READY_FOR_LAUNCH';
  const { startedAt, endsAt, goneAt } = latest;
  if (goneAt !== undefined) return now < goneAt ? 'TERMINATE_IN_PROGRESS' : 'TERMINATED';
  if (now >= endsAt) return 'LAUNCHED';
  return now < startedAt + PENDING ? 'LAUNCH_PENDING' : 'LAUNCH_IN_PROGRESS';
}

/** Returns the instances of all applications that run. */
export function runningInstances({
  apps,
  now,
}: SmsAccount): { readonly app: App; readonly instance: AppInstance }[] {
  return [...apps.values()].flatMap((app) => {
    const { instances = [], goneAt = Infinity } = app.launch ?? {};
    return now >= goneAt
      ? []
      : instances.flatMap((instance) => (instance.at <= now ? [{ app, instance }] : []));
  });
}

/** Returns where a validation stands: what a client has said, or by the time since the launch. */
export function validationStatus({ now }: SmsAccount, app: App, id: string): AppNotification | undefined {
  const said = app.notifications[id];
  if (said !== undefined) return said;
  const { endsAt, goneAt }: Partial<AppLaunch> = app.launch ?? {};
  if (endsAt === undefined || goneAt !== undefined) return undefined;
  if (now < endsAt) return { status: 'PENDING', at: endsAt };
  return { status: now < endsAt + VALIDATION ? 'IN_PROGRESS' : 'SUCCEEDED', at: endsAt };
}
