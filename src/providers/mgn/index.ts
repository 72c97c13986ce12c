import { accountLookup } from '../../aws/account.ts';
import type { ClientOptions } from '../../aws/client.ts';
import { ServiceTime } from '../../aws/service-time.ts';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { Provider } from '../../core/provider.ts';
import { advance } from './advance.ts';
import { MgnApi } from './api.ts';
import { createClient } from './client.ts';
import type { MgnContext } from './context.ts';
import type { SetUpStep } from './set-up.ts';

export type { SetUpStep } from './set-up.ts';

export interface MgnProviderOptions extends ClientOptions {
  /** What becomes of a server that is taken out of the manifests. */
  readonly prune: 'release' | 'disconnect';
}

export interface MgnProvider extends Provider {
  /** The account that calls go to; undefined where nothing can tell. Throws LandfallErrors. */
  readonly account: () => Promise<string | undefined>;
  /**
   * Gives the account what replication needs, and changes what differs; a second call changes nothing.
   * @param setup the target's `setup`: flat settings by manifest path
   * @param owner who the templates are tagged for
   */
  setUp(setup: Settings, owner: { readonly project: string }): Promise<readonly SetUpStep[]>;
}

/** Opens the adapter to AWS Application Migration Service in one account and region. Calls nothing yet. */
export function createMgnProvider(options: MgnProviderOptions): MgnProvider {
  const { clock, apiRequests } = options;
  const time = new ServiceTime(clock);
  const client = createClient(options, time);
  const context: MgnContext = { api: new MgnApi(client, apiRequests), time, clock };
  const todo = () => Promise.reject(new LandfallError('INTERNAL', 'not written yet', { source: 'landfall' }));

  return {
    observe: todo,
    create: todo,
    update: todo,
    delete: todo,
    advance: (step, requests) => advance(step, requests, context),
    setUp: todo,
    account: accountLookup(options),
    close() {
      client.destroy();
    },
  };
}
