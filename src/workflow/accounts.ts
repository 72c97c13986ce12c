import type { Workspace } from '../core/environment.ts';
import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import type { ObserveScope, Provider, ProviderTraits } from '../core/provider.ts';
import type { Adapter } from '../core/service.ts';
import { serviceOf } from '../providers/registry.ts';
import { openLocalEndpoint } from './local/endpoint.ts';
import { localFolder } from './project-files.ts';

/** Some targets of a project. */
export interface TargetScope {
  readonly project: string;
  /** Absolute. */
  readonly projectFile: string;
  /** The folder of the built-in endpoint's state, absolute; absent: that of the project. */
  readonly stateFolder?: string;
  readonly targets: readonly Target[];
}

/** The accounts behind a run's targets, open for calls until `await using` closes them. */
export interface Accounts extends AsyncDisposable {
  readonly targets: readonly Target[];
  readonly providers: ReadonlyMap<string, Provider>;
  /** The operations beside plans, of the targets whose services have some. */
  readonly operations: ReadonlyMap<string, Operations>;
  /** The set-up of accounts, of the targets whose services need one. */
  readonly setUps: ReadonlyMap<string, NonNullable<Adapter['setUp']>>;
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  /** Observes all accounts, or some, at the same time. The scope depends on the phases of the waves, and on adoption. */
  readonly observe: (
    scope: Omit<ObserveScope, 'project'>,
    targets?: ReadonlySet<string>,
  ) => Promise<ReadonlyMap<string, Observed>>;
}

/**
 * Opens an adapter for each target. Targets with `endpoint: local` get the built-in endpoint: the one that serves
 * the project's folder already, or one in this process for as long as the accounts are open.
 *
 * @throws LandfallError ACCOUNT_MISMATCH where a target names another account than the credentials lead to
 */
export async function openAccounts(
  workspace: Workspace,
  { project, projectFile, stateFolder, targets }: TargetScope,
): Promise<Accounts> {
  const local = targets.some(({ endpoint }) => endpoint === 'local')
    ? await openLocalEndpoint(workspace, stateFolder ?? localFolder(projectFile))
    : undefined;

  const adapters = new Map<string, Adapter>();
  async function close(): Promise<void> {
    for (const { provider } of adapters.values()) provider.close();
    await local?.close();
  }
  try {
    for (const target of targets) {
      const endpoint = target.endpoint === 'local' ? local?.url : target.endpoint;
      adapters.set(
        target.name,
        await serviceOf(target.provider).open({
          target,
          ...(endpoint !== undefined && { endpoint }),
          project,
          clock: workspace.host.clock,
        }),
      );
    }
    await Promise.all(
      targets.map(async (target) => checkAccount(target, async () => adapters.get(target.name)?.account())),
    );
  } catch (error) {
    await close();
    throw error;
  }

  /** Selects a part of each adapter that has it, by target name. */
  function having<Part>(part: (adapter: Adapter) => Part | undefined): ReadonlyMap<string, Part> {
    return new Map(
      [...adapters].flatMap(([name, adapter]) => {
        const one = part(adapter);
        return one === undefined ? [] : [[name, one] as const];
      }),
    );
  }
  return {
    targets,
    providers: having(({ provider }) => provider),
    operations: having(({ operations }) => operations),
    setUps: having(({ setUp }) => setUp),
    traits: having(({ traits }) => traits),
    async observe(scope, only) {
      const observed = await Promise.all(
        [...adapters]
          .filter(([name]) => only?.has(name) !== false)
          .map(
            async ([name, { provider }]) =>
              [name, await observeTarget(name, provider, { project, ...scope })] as const,
          ),
      );
      return new Map(observed);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function observeTarget(name: string, provider: Provider, scope: ObserveScope): Promise<Observed> {
  try {
    return await provider.observe(scope);
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    throw new LandfallError(error.code, `target ${name}: ${error.message}`, {
      source: error.source,
      exitCode: error.exitCode,
      cause: error,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    });
  }
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
