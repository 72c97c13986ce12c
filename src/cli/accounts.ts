import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import type { ObserveScope, Provider, ProviderTraits } from '../core/provider.ts';
import { smsTraits } from '../providers/sms/traits.ts';
import { checkAccount } from './check-account.ts';
import type { Context } from './context.ts';
import { openLocalEndpoint } from './local-endpoint.ts';
import { localFolder } from './project.ts';

/** The accounts behind a run's targets, open for calls. */
export interface Accounts {
  readonly providers: ReadonlyMap<string, Provider>;
  /** What the services behind the targets do beside plans. */
  readonly operations: ReadonlyMap<string, Operations>;
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  /** Looks at all of them, side by side; what that takes depends on how far the waves are, and whether one adopts. */
  observe(scope: Omit<ObserveScope, 'project'>): Promise<ReadonlyMap<string, Observed>>;
  close(): Promise<void>;
}

/**
 * Opens an adapter for each target. Targets with `endpoint: local` get the built-in endpoint: the one that serves
 * the project's folder already, or one in this process for as long as the accounts are open.
 *
 * @throws LandfallError ACCOUNT_MISMATCH where a target names another account than the credentials lead to
 */
export async function openAccounts(
  context: Context,
  project: string,
  projectFile: string,
  targets: readonly Target[],
): Promise<Accounts> {
  const { createSmsProvider } = await import('../providers/sms/index.ts');
  const local = targets.some(({ endpoint }) => endpoint === 'local')
    ? await openLocalEndpoint(context, localFolder(projectFile))
    : undefined;

  const providers = new Map<string, ReturnType<typeof createSmsProvider>>();
  for (const target of targets) {
    const endpoint = target.endpoint === 'local' ? local?.url : target.endpoint;
    providers.set(
      target.name,
      createSmsProvider({
        region: target.region,
        ...(endpoint !== undefined && { endpoint }),
        local: target.endpoint === 'local',
        ...(target.assumeRole !== undefined && { assumeRole: target.assumeRole }),
        ...(target.externalId !== undefined && { externalId: target.externalId }),
        sessionName: `landfall-${project}`,
        apiRequests: target.limits.apiRequests,
        clock: context.host.clock,
      }),
    );
  }

  async function close(): Promise<void> {
    for (const provider of providers.values()) provider.close();
    await local?.close();
  }
  try {
    await Promise.all(
      targets.map(async (target) => checkAccount(target, async () => providers.get(target.name)?.account())),
    );
  } catch (error) {
    await close();
    throw error;
  }

  return {
    providers,
    operations: new Map([...providers].map(([name, { operations }]) => [name, operations])),
    traits: new Map(targets.map(({ name }) => [name, smsTraits])),
    async observe(scope) {
      const observed = await Promise.all(
        [...providers].map(
          async ([name, provider]) =>
            [name, await observeTarget(name, provider, { project, ...scope })] as const,
        ),
      );
      return new Map(observed);
    },
    close,
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
