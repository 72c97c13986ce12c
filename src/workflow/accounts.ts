import { type Concern, raiseUnreachable } from '../core/concern.ts';
import type { Workspace } from '../core/environment.ts';
import type { Target } from '../core/desired.ts';
import { EXIT, LandfallError } from '../core/error.ts';
import type { Observed, ObserveScope } from '../core/observed.ts';
import type { Provider, ProviderTraits } from '../core/provider.ts';
import type { Instances, Operations } from '../core/operations.ts';
import type { Adapter } from '../core/service.ts';
import { groupBy, summarizeList } from '../core/lists.ts';
import type { Instant } from '../core/time.ts';
import { serviceOf } from '../providers/registry.ts';
import { openLocalEndpoint } from './local/endpoint.ts';
import { localFolder } from './project-files.ts';

/** Why targets could not be read, by name. */
type TargetErrors = ReadonlyMap<string, LandfallError>;

/** Some targets of a project. */
export interface TargetScope {
  readonly project: string;
  /** Absolute. */
  readonly projectFile: string;
  /** The folder of the built-in endpoint's state, absolute; absent: that of the project. */
  readonly stateFolder?: string;
  readonly targets: readonly Target[];
  /** Other targets, which are only read: waves of the scope wait for waves of them. */
  readonly waitedFor?: readonly Target[];
  /** The targets whose locks could not be taken: they are not opened. */
  readonly unlocked?: TargetErrors;
}

/** What was read of some targets. */
export interface Observation extends ReadTargets {
  /** What was read of the targets that the scope waits for; absent: there are none. */
  readonly waitedFor?: ReadTargets;
}

interface ReadTargets {
  /** By target name. */
  readonly observed: ReadonlyMap<string, Observed>;
  /** One concern for each target that could not be read, in the order of the project. */
  readonly unreachable: readonly Concern[];
}

/** The accounts behind a run's targets, open for calls until `await using` closes them. */
export interface Accounts extends AsyncDisposable {
  readonly targets: readonly Target[];
  readonly providers: ReadonlyMap<string, Provider>;
  /** The operations beside plans, of the targets whose services have some. */
  readonly operations: ReadonlyMap<string, Operations>;
  /** What is known of launched instances, of the targets whose services launch some. */
  readonly instances: ReadonlyMap<string, Instances>;
  /** The set-up of accounts, of the targets whose services need one. */
  readonly setUps: ReadonlyMap<string, NonNullable<Adapter['setUp']>>;
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  /**
   * The time of a target's account now: this machine's, by the difference when it was observed last, or that of the latest
   * response if it is later, as where the clock of the built-in endpoint is fast or is advanced in mid-run.
   */
  readonly timeOf: (target: string) => Instant;
  /**
   * Observes all accounts at the same time. The scope depends on the phases of the waves, and on adoption. Reports each
   * target that cannot be read with the event `target-unreachable`, or `waited-for-unread` if waves only wait for it.
   * @throws LandfallError if no target can be read; those that waves wait for do not count
   */
  readonly observe: (scope: Omit<ObserveScope, 'project'>) => Promise<Observation>;
  /**
   * Observes some accounts.
   * @throws LandfallError if one of them cannot be read
   */
  readonly observeOnly: (
    scope: Omit<ObserveScope, 'project'>,
    targets: ReadonlySet<string>,
  ) => Promise<ReadonlyMap<string, Observed>>;
}

/**
 * Opens an adapter for each target, at the same time. Targets with `endpoint: local` get the built-in endpoint: the one
 * that serves the project's folder already, or one in this process for as long as the accounts are open. A target that
 * cannot be opened does not keep the others from being used: `observe` reports it.
 *
 * @throws LandfallError if no target can be opened: ACCOUNT_MISMATCH where a target names another account than the
 *   credentials lead to
 */
export async function openAccounts(
  workspace: Workspace,
  { project, projectFile, stateFolder, targets, waitedFor = [], unlocked = new Map() }: TargetScope,
): Promise<Accounts> {
  const errors = new Map<string, LandfallError>(unlocked);
  const wanted = targets.filter(({ name }) => !errors.has(name));
  let local: ReturnType<typeof openLocalEndpoint> | undefined;
  async function localUrl(): Promise<string> {
    local ??= openLocalEndpoint(workspace, stateFolder ?? localFolder(projectFile));
    return (await local).url;
  }

  const adapters = new Map<string, Adapter>();
  async function close(): Promise<void> {
    for (const { provider } of adapters.values()) provider.close();
    // If it did not open, its targets have said why.
    const endpoint = await local?.catch(() => undefined);
    await endpoint?.close();
  }
  async function open(target: Target): Promise<void> {
    const endpoint = target.endpoint === 'local' ? await localUrl() : target.endpoint;
    const adapter = await serviceOf(target.provider).open({
      target,
      ...(endpoint !== undefined && { endpoint }),
      project,
      clock: workspace.host.clock,
      machine: workspace.host,
    });
    adapters.set(target.name, adapter);
    await checkAccount(target, () => adapter.account());
  }
  try {
    const opening = await readEach([...wanted, ...waitedFor], open);
    for (const [name, error] of opening.errors) errors.set(name, error);
    const isAnyOpen = wanted.some(({ name }) => opening.read.has(name));
    if (!isAnyOpen && targets.length > 0) throw noTargetError(targets, errors);
  } catch (error) {
    await close();
    throw error;
  }
  const isOpen = ({ name }: Target): boolean => !errors.has(name);
  const [opened, onlyRead] = [wanted.filter(isOpen), waitedFor.filter(isOpen)];

  /** Selects a part of each open adapter that has it, by target name. */
  function having<Part>(
    part: (adapter: Adapter) => Part | undefined,
    from: readonly Target[] = opened,
  ): ReadonlyMap<string, Part> {
    return new Map(
      from.flatMap(({ name }) => {
        const adapter = adapters.get(name);
        const one = adapter === undefined ? undefined : part(adapter);
        return one === undefined ? [] : [[name, one] as const];
      }),
    );
  }
  const providers = having(({ provider }) => provider);
  const offsets = new Map<string, number>();
  const observeEach = (
    scope: Omit<ObserveScope, 'project'>,
    some: readonly Target[],
  ): Promise<EachRead<Observed>> =>
    readEach(some, async ({ name }) => {
      const provider = adapters.get(name)?.provider;
      if (provider === undefined) throw new Error(`target ${name} is not open`);
      const { vms } = scope;
      const ofTarget =
        vms === undefined || vms === 'all'
          ? vms
          : vms.filter(({ desired }) => desired === undefined || desired.target === name);
      let isOver = false;
      // After an error, calls that were in flight may still end.
      const onRead = (done: number, total: number): void => {
        if (!isOver) workspace.onEvent?.({ kind: 'target-reading', target: name, done, total });
      };
      try {
        const observed = await provider.observe({
          ...{ project, ...scope, onRead },
          ...(ofTarget !== undefined && { vms: ofTarget }),
        });
        offsets.set(name, observed.at - workspace.host.clock.now());
        return observed;
      } finally {
        isOver = true;
        workspace.onEvent?.({ kind: 'target-read', target: name });
      }
    });
  return {
    targets,
    providers,
    operations: having(({ operations }) => operations),
    instances: having(({ instances }) => instances),
    setUps: having(({ setUp }) => setUp),
    traits: having(({ traits }) => traits, [...opened, ...onlyRead]),
    timeOf(target) {
      const byOffset = workspace.host.clock.now() + (offsets.get(target) ?? 0);
      return Math.max(byOffset, providers.get(target)?.now?.() ?? byOffset);
    },
    async observe(scope) {
      // Where the VMs of others stand is known without their settings.
      const [own, others] = await Promise.all([
        observeEach(scope, opened),
        observeEach({ ...scope, vms: [] }, onlyRead),
      ]);
      const all = new Map([...errors, ...own.errors, ...others.errors]);
      if (own.read.size === 0 && targets.length > 0) throw noTargetError(targets, all);
      const unreachable = (
        some: readonly Target[],
        kind: 'target-unreachable' | 'waited-for-unread',
      ): readonly Concern[] =>
        some.flatMap(({ name, place }) => {
          const error = all.get(name);
          if (error === undefined) return [];
          workspace.onEvent?.({ kind, target: name, error });
          return [raiseUnreachable(name, place, error)];
        });
      return {
        ...{ observed: own.read, unreachable: unreachable(targets, 'target-unreachable') },
        ...(waitedFor.length > 0 && {
          waitedFor: { observed: others.read, unreachable: unreachable(waitedFor, 'waited-for-unread') },
        }),
      };
    },
    async observeOnly(scope, names) {
      const some = opened.filter(({ name }) => names.has(name));
      const { read, errors: failed } = await observeEach(scope, some);
      if (failed.size > 0) throw noTargetError(some, failed);
      return read;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** What was read of each target, in their order, and why others could not be read. */
interface EachRead<T> {
  readonly read: ReadonlyMap<string, T>;
  readonly errors: TargetErrors;
}

/** Reads all targets at the same time. An error of one does not stop another; its message names the target. */
async function readEach<T>(
  targets: readonly Target[],
  readOne: (target: Target) => Promise<T>,
): Promise<EachRead<T>> {
  const read = new Map<string, T>();
  const errors = new Map<string, LandfallError>();
  const results = await Promise.allSettled(targets.map(async (target) => readOne(target)));
  for (const [index, { name }] of targets.entries()) {
    const result = results[index];
    if (result?.status === 'fulfilled') read.set(name, result.value);
    else if (result?.reason instanceof LandfallError) errors.set(name, nameTarget(name, result.reason));
    else throw result?.reason;
  }
  return { read, errors };
}

/** Returns an error whose message names its target. */
export function nameTarget(name: string, error: LandfallError): LandfallError {
  if (error.message.startsWith(`target ${name} `)) return error;
  const { code, message, source, exitCode, remedy, place } = error;
  return new LandfallError(code, `target ${name}: ${message}`, {
    ...{ source, exitCode, cause: error },
    ...(remedy !== undefined && { remedy }),
    ...(place !== undefined && { place }),
  });
}

/** Returns the error of a run that could read no target: that of the only one, or all of them in one. */
function noTargetError(targets: readonly Target[], errors: TargetErrors): LandfallError {
  const all = targets.flatMap(({ name }) => errors.get(name) ?? []);
  const [first, ...others] = all;
  if (first === undefined) return new LandfallError('INTERNAL', 'no target was read', { source: 'landfall' });
  if (others.length === 0) return first;
  const remedies = [...new Set(all.flatMap(({ remedy }) => remedy ?? []))];
  // Many targets often have one reason, such as credentials.
  const reasons = groupBy([...errors], ([name, { message }]) => message.replace(`target ${name}: `, ''));
  const messages = [...reasons].map(([reason, group]) =>
    group.length === 1
      ? group.map(([, { message }]) => message).join('')
      : `${group.length} targets (${summarizeList(group.map(([name]) => name))}): ${reason}`,
  );
  return new LandfallError(first.code, messages.join('; '), {
    source: first.source,
    exitCode: others.every(({ exitCode }) => exitCode === first.exitCode) ? first.exitCode : EXIT.error,
    cause: first,
    ...(remedies.length > 0 && { remedy: remedies.join('; ') }),
  });
}

/**
 * Makes sure that a target which names its account is that account, before anything else is asked of it.
 *
 * @param find tells the account that calls go to; asked only where the target names one
 * @throws LandfallError ACCOUNT_MISMATCH; whatever `find` throws
 */
export async function checkAccount(
  { name, account, endpoint, place }: Target,
  find: () => Promise<string | undefined>,
): Promise<void> {
  if (account === undefined) return;
  const found = await find();
  if (found === account) return;
  const what =
    found === undefined
      ? `it is not known which account is behind ${endpoint ?? 'it'}`
      : `the credentials are for account ${found}`;
  throw new LandfallError('ACCOUNT_MISMATCH', `target ${name} is for account ${account}, and ${what}`, {
    place,
    remedy:
      found === undefined
        ? 'name a role of the account with assumeRole, or remove `account` from the target'
        : 'use credentials of that account, or correct `account` of the target',
  });
}
