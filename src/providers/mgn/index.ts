import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { Instances, SetUpStep } from '../../core/operations.ts';
import type { Provider, StepRequest, StepResult } from '../../core/provider.ts';
import type { Adapter, AdapterOptions } from '../../core/service.ts';
import { type ClientOptions, clientOptions } from '../aws/client.ts';
import { ServiceTime } from '../aws/middleware.ts';
import { accountLookup, credentialsSource } from '../aws/sts.ts';
import { MgnApi, type MgnContext } from './api.ts';
import { CallBatcher, ServerLookups } from './batching.ts';
import { Groups } from './groups.ts';
import { launchesOf } from './launch/jobs.ts';
import type { LaunchTemplates } from './launch/templates.ts';
import { observe } from './observing/observe.ts';
import { createJob, deleteJob, updateJob } from './replications.ts';
import { type AccountQuotas, readQuotas } from './account/service-quotas.ts';
import { setUp } from './account/set-up.ts';
import type { ChangeContext } from './source-server.ts';
import { archiveServers } from './steps/archive.ts';
import {
  ARCHIVE,
  END_TEST,
  FINALIZE,
  type Mgn,
  type MgnStep,
  RETRY,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  TERMINATE,
} from './steps/sequence.ts';
import { retryReplication, takeServerStep } from './steps/server-steps.ts';
import { startJobs } from './steps/start-jobs.ts';
import { mgnTraits } from './traits.ts';

export interface MgnProviderOptions extends ClientOptions {
  /** What happens to a server that is removed from the manifests. */
  readonly prune: 'release' | 'disconnect';
}

export interface MgnProvider extends Provider<Mgn> {
  readonly instances: Instances;
  /** Returns the account that calls go to; undefined if unknown. @throws LandfallError */
  readonly account: () => Promise<string | undefined>;
  /**
   * Sets the account up for replication. A second call changes nothing.
   * @param setup the target's `setup`: flat settings by manifest path
   * @param owner the project that the templates are tagged for
   */
  setUp(setup: Settings, owner: { readonly project: string }): Promise<readonly SetUpStep[]>;
}

/** Opens the adapter of a target on AWS MGN. */
export function openMgn(options: AdapterOptions): Adapter<Mgn> {
  const { prune = 'release' } = options.target;
  const provider = createMgnProvider({ ...clientOptions(options), prune });
  const { account } = provider;
  return {
    provider,
    traits: mgnTraits,
    account,
    instances: provider.instances,
    setUp: (setup, owner) => provider.setUp(setup, owner),
  };
}

/** Opens the adapter to AWS Application Migration Service in one account and region. Calls nothing yet. */
export function createMgnProvider(options: MgnProviderOptions): MgnProvider {
  const { clock, prune } = options;
  const time = new ServiceTime(clock);
  const api = new MgnApi(options, time);
  const account = accountLookup(options);
  const context: MgnContext = { api, time, clock };
  let opened: Promise<LaunchTemplates> | undefined;
  // Few runs need EC2: only then is its client loaded.
  const templates = (): Promise<LaunchTemplates> =>
    (opened ??= import('./launch/templates.ts').then(({ LaunchTemplates }) => new LaunchTemplates(options)));
  const groups = new Groups(context);
  const changes: ChangeContext = {
    ...context,
    groups,
    batches: new CallBatcher(),
    lookups: new ServerLookups(api),
    templates,
  };

  let quotas: Promise<AccountQuotas> | undefined;

  return {
    async observe(scope) {
      // The account is needed only for the heading of a plan here, so an error is ignored.
      quotas ??= readQuotas(options);
      const before = (await opened)?.calls ?? 0;
      const [observed, id, { quotas: known, note }] = await Promise.all([
        observe(changes, scope),
        account().catch(() => undefined),
        quotas,
      ]);
      return {
        ...observed,
        // Those of EC2 too.
        calls: observed.calls + ((await opened)?.calls ?? 0) - before,
        ...(id !== undefined && { account: id }),
        ...credentialsSource(options),
        ...(known !== undefined && { quotas: known }),
        ...(note !== undefined && { notes: [note] }),
      };
    },
    create: (request) => createJob(request, changes),
    update: (request) => updateJob(request, changes),
    delete: (id) => deleteJob(id, prune, changes),
    async takeSteps(step, requests) {
      const failed = await failedChecks(requests, changes, options);
      const open = requests.filter(({ id }) => !failed.has(id));
      const results = open.length === 0 ? [] : await takeSteps(step, open, changes);
      return [...results, ...[...failed].map(([id, error]) => ({ id, error }))];
    },
    setUp: (setup, { project }) => setUp(setup, project, context),
    account,
    now: () => time.now(),
    instances: {
      launches: (serverId) => launchesOf(api, serverId),
      async addresses(ids) {
        const { addressesOf } = await import('./steps/checks.ts');
        return addressesOf(ids, options);
      },
    },
    close() {
      api.destroy();
      void opened?.then((one) => {
        one.close();
      });
    },
  };
}

/** Runs the checks of requests, which few have: only then are their modules loaded. Returns errors by id. */
async function failedChecks(
  requests: readonly StepRequest[],
  { lookups }: ChangeContext,
  options: ClientOptions,
): Promise<ReadonlyMap<string, LandfallError>> {
  if (requests.every(({ checks = [] }) => checks.length === 0)) return new Map();
  const { runChecks } = await import('./steps/checks.ts');
  return runChecks(requests, lookups, options);
}

/** Takes a step for some servers. Resolves once the service has accepted it; never rejects because of one server. */
export async function takeSteps(
  step: MgnStep,
  requests: readonly StepRequest[],
  context: ChangeContext,
): Promise<readonly StepResult[]> {
  switch (step) {
    case START_TEST:
    case START_CUTOVER:
    case TERMINATE:
      return startJobs(step, requests, context);
    case ARCHIVE:
      return archiveServers(requests, context);
    case RETRY:
      return Promise.all(
        requests.map(async ({ id }) => {
          try {
            await retryReplication(id, context);
            return { id };
          } catch (error) {
            if (!(error instanceof LandfallError)) throw error;
            return { id, error };
          }
        }),
      );
    case START_REPLICATION:
    case END_TEST:
    case REVERT:
    case FINALIZE:
      return Promise.all(
        requests.map(async ({ id }) => {
          const { error, server } = await takeServerStep(step, id, context);
          if (error !== undefined) return { id, error };
          const detail = step === FINALIZE ? server.launchedInstance?.ec2InstanceID : undefined;
          return detail === undefined ? { id } : { id, detail };
        }),
      );
  }
}
