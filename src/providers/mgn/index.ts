import { accountLookup } from '../../aws/account.ts';
import type { ClientOptions } from '../../aws/client.ts';
import { ServiceTime } from '../../aws/service-time.ts';
import type { Settings } from '../../core/desired.ts';
import type { Provider, SetUpStep } from '../../core/provider.ts';
import { advance } from './advance.ts';
import { MgnApi } from './api.ts';
import { Batches } from './batches.ts';
import { createClient } from './client.ts';
import type { MgnContext } from './context.ts';
import { createJob } from './create.ts';
import type { Deeds } from './deed.ts';
import { Groups } from './groups.ts';
import { Looks } from './look.ts';
import { observe } from './observe.ts';
import { deleteJob } from './release.ts';
import { setUp } from './set-up.ts';
import { updateJob } from './update.ts';

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
  const { clock, apiRequests, prune } = options;
  const time = new ServiceTime(clock);
  const client = createClient(options, time);
  const api = new MgnApi(client, apiRequests);
  const account = accountLookup(options);
  const context: MgnContext = { api, time, clock };
  const groups = new Groups(context);
  const deeds: Deeds = { ...context, groups, batches: new Batches(), looks: new Looks(api) };

  return {
    async observe(scope) {
      // Who has to know the account has asked before; here it is for the heading of a plan.
      const [observed, id] = await Promise.all([
        observe(context, groups, scope),
        account().catch(() => undefined),
      ]);
      return id === undefined ? observed : { ...observed, account: id };
    },
    create: (request) => createJob(request, deeds),
    update: (request) => updateJob(request, deeds),
    delete: (id) => deleteJob(id, prune, deeds),
    advance: (step, requests) => advance(step, requests, context),
    setUp: (setup, { project }) => setUp(setup, project, context),
    account,
    close() {
      client.destroy();
    },
  };
}
