import {
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateWaveCommand,
  StartReplicationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-mgn';
import type { Phase } from '../../../src/core/desired.ts';
import type { PhaseDecision, Provider, StepRequest, StepResult } from '../../../src/core/provider.ts';
import type { Clock } from '../../../src/core/time.ts';
import { ServiceTime } from '../../../src/providers/aws/middleware.ts';
import { MgnApi, type MgnContext } from '../../../src/providers/mgn/api.ts';
import { CallBatcher, ServerLookups } from '../../../src/providers/mgn/batching.ts';
import { Groups } from '../../../src/providers/mgn/groups.ts';
import { takeSteps } from '../../../src/providers/mgn/index.ts';
import { observe } from '../../../src/providers/mgn/observing/observe.ts';
import { mgnPhases } from '../../../src/providers/mgn/phases.ts';
import type { ChangeContext } from '../../../src/providers/mgn/source-server.ts';
import type { MgnJob, MgnStep } from '../../../src/providers/mgn/steps/sequence.ts';
import { beginMgn, type MgnOptions, type MgnTest, servers } from '../../local/mgn.ts';
import { DAY, onCleanup } from '../../local/support.ts';
import { SMALL_INVENTORY } from '../../local/jobs.ts';
import { target, vm } from '../../plan/plan-input.ts';
import { STAGE } from '../../plan/plan-input.ts';

// Source servers of the built-in endpoint that are ours, and the adapter's steps with them.

const OWNER = { project: 'ucop', wave: 'sdsc-01' };

export interface Steps extends MgnTest {
  readonly context: MgnContext;
  /** Names of the exceptions that the service answered with, call by call. */
  readonly refusals: readonly string[];
  /** Ids of the servers, in the order of their names. */
  readonly ids: readonly string[];
  readonly jobs: () => ReturnType<MgnTest['jobs']>;
  readonly observed: () => Promise<readonly MgnJob[]>;
  readonly take: (step: string, ids?: readonly string[], wave?: string) => Promise<readonly StepResult[]>;
  /** Takes steps, each with all servers, and lets a day pass after each. */
  readonly go: (...steps: readonly string[]) => Promise<void>;
}

/** An endpoint with servers of ours, which replicate and are ready for a test. */
export async function beginSteps(names: readonly string[], options: MgnOptions = {}): Promise<Steps> {
  const test = await beginMgn({ inventory: SMALL_INVENTORY, ...options });
  const all = await servers(test.client);
  const byName = new Map(all.map((one) => [one.sourceProperties?.identificationHints?.hostname, one]));
  const ids: string[] = [];
  for (const name of names) {
    const { sourceServerID = '', arn } = byName.get(name) ?? {};
    const tags = { 'landfall:project': OWNER.project, 'landfall:wave': OWNER.wave };
    await test.client.send(new TagResourceCommand({ resourceArn: arn, tags }));
    await test.client.send(new StartReplicationCommand({ sourceServerID }));
    ids.push(sourceServerID);
  }
  test.advance(10 * DAY);
  const { context, refusals } = contextOf(test);
  const changes: ChangeContext = {
    ...context,
    groups: new Groups(context),
    batches: new CallBatcher(),
    lookups: new ServerLookups(context.api),
    templates: () => Promise.reject(new Error('no step changes a launch template')),
  };
  const port: Pick<Provider, 'takeSteps'> = {
    takeSteps: (step: MgnStep, requests) => takeSteps(step, requests, changes),
  };
  const take = (step: string, some = ids as readonly string[], wave = OWNER.wave) =>
    port.takeSteps(step, requestsFor(some, wave));
  const observed = async () => {
    const { jobs } = await observe(
      { ...changes, groups: new Groups(context) },
      {
        project: OWNER.project,
        phases: new Map([[OWNER.wave, 'archive']]),
      },
    );
    return jobs;
  };
  return {
    ...test,
    context,
    refusals,
    ids,
    take,
    observed,
    go: async (...steps) => {
      for (const step of steps) {
        const wrong = (await take(step)).find(({ error }) => error !== undefined);
        if (wrong !== undefined) throw wrong.error ?? new Error(step);
        test.advance(DAY);
      }
    },
  };
}

/** The steps up to a phase, of a server that is ready for a test. */
export const TESTED = ['StartTest'];
export const READY_FOR_CUTOVER = [...TESTED, 'ChangeServerLifeCycleState READY_FOR_CUTOVER'];
export const CUT_OVER = [...READY_FOR_CUTOVER, 'TerminateTargetInstances', 'StartCutover'];
export const FINALIZED = [...CUT_OVER, 'FinalizeCutover'];

function requestsFor(ids: readonly string[], wave: string): StepRequest[] {
  return ids.map((id) => ({ id, serverId: id, owner: { ...OWNER, wave }, settings: {} }));
}

function contextOf(test: MgnTest): { readonly context: MgnContext; readonly refusals: readonly string[] } {
  // Waiting makes the endpoint's time pass too.
  const clock: Clock = {
    now: () => test.endpoint.now(),
    sleep: (milliseconds) => {
      test.advance(milliseconds);
      return Promise.resolve();
    },
  };
  const time = new ServiceTime(clock);
  const api = new MgnApi(
    {
      region: 'us-west-2',
      endpoint: test.endpoint.url,
      local: true,
      sessionName: 'landfall-ucop',
      apiRequests: 8,
      clock,
    },
    time,
  );
  onCleanup(() => {
    api.destroy();
  });
  const refusals: string[] = [];
  api.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        refusals.push((error as Error).name);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'refusals' },
  );
  return { context: { api, time, clock }, refusals };
}

/** What the rules say of a job. */
export function verdictOn(phase: Phase, job: MgnJob): PhaseDecision {
  const on = { vm: vm('web'), server: job.server, target: target(), now: 0, stage: STAGE };
  return mgnPhases.next({ phase, ...on, job });
}

/** Puts servers into applications of a wave: by application, by the servers' numbers. */
export async function group(
  { client, ids }: Steps,
  wave: string,
  applications: Readonly<Record<string, readonly number[]>>,
  project: string = OWNER.project,
): Promise<void> {
  const tags = { 'landfall:project': project, 'landfall:wave': wave };
  const { waveID = '' } = await client.send(new CreateWaveCommand({ name: wave, tags }));
  for (const [name, numbers] of Object.entries(applications)) {
    const { applicationID = '' } = await client.send(new CreateApplicationCommand({ name, tags }));
    await client.send(new AssociateApplicationsCommand({ waveID, applicationIDs: [applicationID] }));
    const sourceServerIDs = numbers.map((number) => ids[number] ?? '');
    if (sourceServerIDs.length > 0) {
      await client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs }));
    }
  }
}
