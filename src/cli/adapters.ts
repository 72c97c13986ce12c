import type { Settings, Target } from '../core/desired.ts';
import type { Operations } from '../core/operations.ts';
import type { Provider, ProviderTraits, SetUpStep } from '../core/provider.ts';
import type { Context } from './context.ts';

/** An adapter that is open: the port, and what its service has beside it. */
export interface Adapter {
  readonly provider: Provider;
  readonly traits: ProviderTraits;
  /** The account that calls go to; undefined where nothing can tell. */
  readonly account: () => Promise<string | undefined>;
  /** Absent: the service has no catalogue, no connectors and no runs of its own. */
  readonly operations?: Operations;
  /** Gives the account what the service needs before the first replication; absent: it needs nothing. */
  readonly setUp?: (setup: Settings, owner: { readonly project: string }) => Promise<readonly SetUpStep[]>;
}

/**
 * Opens the adapter of a target's provider, and loads no SDK but that one's.
 * @param endpoint where calls go; absent: AWS itself
 */
export async function openAdapter(
  { host }: Context,
  project: string,
  target: Target,
  endpoint: string | undefined,
): Promise<Adapter> {
  const options = {
    region: target.region,
    ...(endpoint !== undefined && { endpoint }),
    local: target.endpoint === 'local',
    ...(target.assumeRole !== undefined && { assumeRole: target.assumeRole }),
    ...(target.externalId !== undefined && { externalId: target.externalId }),
    sessionName: `landfall-${project}`,
    apiRequests: target.limits.apiRequests,
    clock: host.clock,
  };
  switch (target.provider) {
    case 'sms': {
      const [{ createSmsProvider }, { smsTraits }] = await Promise.all([
        import('../providers/sms/index.ts'),
        import('../providers/sms/traits.ts'),
      ]);
      const provider = createSmsProvider(options);
      const { operations, account } = provider;
      return { provider, traits: smsTraits, account, operations };
    }
    case 'mgn': {
      const [{ createMgnProvider }, { mgnTraits }] = await Promise.all([
        import('../providers/mgn/index.ts'),
        import('../providers/mgn/traits.ts'),
      ]);
      const provider = createMgnProvider({ ...options, prune: target.prune ?? 'release' });
      const { account } = provider;
      return {
        provider,
        traits: mgnTraits,
        account,
        setUp: (setup, owner) => provider.setUp(setup, owner),
      };
    }
  }
}
