import { describe, expect, it } from '@jest/globals';
import type { DesiredVm } from '../../src/core/desired.ts';
import { toServerId } from '../../src/core/names.ts';
import type { ObservedServer } from '../../src/core/observed.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import { buildStatus } from '../../src/plan/status.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import type { MgnFacts } from '../../src/providers/mgn/steps/sequence.ts';
import {
  changeOf,
  job,
  type PlanParts,
  planInput,
  planOf,
  raised,
  server,
  short,
  vm,
  wave,
} from './plan-input.ts';

const UUID = '4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e';
const SETTINGS = { app: 'sdsc-01' };
const traits = new Map([['production', mgnTraits]]);

/** The source server that the agent on `web` has reported. */
const agent: ObservedServer = {
  serverId: toServerId('s-agent'),
  name: 'web',
  vmWareUuid: UUID,
  hasAgent: true,
  hadJob: true,
};
/** The source server that the vCenter client has found for the same VM. */
const agentless = server('web', { vmWareUuid: UUID, hadJob: true });

function mgnJob(of: ObservedServer, facts: MgnFacts = { lifecycle: 'READY_FOR_TEST' }, owned = true) {
  const { owner, ...rest } = job('web', { id: of.serverId, server: of, settings: SETTINGS, facts });
  return owned && owner !== undefined ? { ...rest, owner } : rest;
}

function parts(more: Partial<DesiredVm>, rest: PlanParts): PlanParts {
  return { ...rest, vms: [vm('web', { settings: SETTINGS, ...more })], input: { traits, ...rest.input } };
}

const byAgent = { replication: 'agent' } as const;

describe('two source servers of one VM', () => {
  const both = { servers: [agent, agentless], jobs: [mgnJob(agent), mgnJob(agentless)] };

  it('are told apart by `replication`, which the plan asks for', () => {
    const plan = planOf(parts({}, both));
    expect(plan.concerns.find(({ id }) => id === 'vm.ambiguous')?.remedy).toContain('`replication: agent`');
    for (const [replication, id] of [
      ['agent', 's-agent'],
      ['agentless', 's-web'],
    ] as const) {
      expect(changeOf(planOf(parts({ replication }, both)), 'sdsc-01/web').serverId).toBe(id);
    }
  });

  it.each([
    ['its name', { name: 'web' }],
    ['the UUID of both', { vmWareUuid: UUID }],
    ['the path that only the agentless one has', { path: '/Datacenters/SDSC/vm/web' }],
    ['its id', { serverId: toServerId('s-agent') }],
  ])('lead to the one with an agent by %s', (_, reference) => {
    const plan = planOf(parts({ ...byAgent, reference }, both));
    expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({ serverId: 's-agent', action: 'no-op' });
  });

  it('are not confused by an id of the other kind', () => {
    const reference = { serverId: agentless.serverId };
    const plan = planOf(parts({ ...byAgent, reference }, both));
    expect(raised(plan)).toContain('vm.identity-mismatch sdsc-01/web');
  });
});

describe('a VM that replicates by an agent', () => {
  it('is taken over without adopt, and only its own server is', () => {
    const plan = planOf(parts(byAgent, { servers: [agent], jobs: [mgnJob(agent, undefined, false)] }));
    expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({
      action: 'update',
      fields: [{ field: 'mgn.waveName' }, { field: 'owner' }],
      reason: 'its agent has reported it',
    });
    const other = planOf(parts({}, { servers: [agent], jobs: [mgnJob(agent, undefined, false)] }));
    expect(raised(other)).toEqual(['job.unmanaged sdsc-01/web']);
  });

  it('is named with its id once, and with the command that continues what somebody has stopped', () => {
    const of = { ...byAgent, label: 'web (s-agent)' };
    const paused = { ...mgnJob(agent), state: 'paused' as const };
    const stopped = { ...paused, facts: { ...paused.facts, lifecycle: 'STOPPED' } };
    for (const [job, verb] of [
      [paused, 'resume-replication'],
      [stopped, 'start-replication'],
    ] as const) {
      const [said] = planOf(parts(of, { servers: [agent], jobs: [job] })).concerns;
      expect(said?.message).toMatch(/^the replication of sdsc-01\/web \(s-agent\) is (?:paused|stopped)/);
      expect(said?.remedy).toContain(`aws mgn ${verb} --source-server-id s-agent`);
    }
  });

  it('is waited for until its agent has reported it, in plan and status', () => {
    const all = parts(byAgent, { servers: ['db'] });
    const plan = planOf(all);
    expect(raised(plan)).toEqual([]);
    expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({
      action: 'defer',
      reason: 'waits for its agent: install the agent',
    });
    const input = planInput(all);
    const entries = findSubjects(input.desired, input.observed, input.traits);
    expect(buildStatus(input, entries).vms.find(({ vm: of }) => of !== undefined)).toMatchObject({
      stage: 'waiting',
      next: { actor: 'person', text: 'waits for its agent: install the agent', waitsFor: 'connector' },
    });
  });

  it('keeps its agentless server until the agent has reported the other, and then releases it', () => {
    const before = planOf(parts(byAgent, { servers: [agentless], jobs: [mgnJob(agentless)] }));
    expect(short(before)).toEqual(['defer sdsc-01/web']);
    expect(changeOf(before, 'sdsc-01/web').reason).toBe('waits for its agent: install the agent');
    const jobs = [mgnJob(agent, undefined, false), mgnJob(agentless)];
    const after = planOf(parts(byAgent, { servers: [agent, agentless], jobs }));
    expect(short(after).toSorted()).toEqual(['delete sdsc-01/web#s-web', 'update sdsc-01/web']);
  });

  it('says how a server that was disconnected replicates again', () => {
    for (const [of, words] of [
      [agent, 'install the agent on the VM again'],
      [agentless, 'delete source server s-web'],
    ] as const) {
      const lost = { ...mgnJob(of, { lifecycle: 'DISCONNECTED' }), state: 'failed' as const };
      const plan = planOf({
        ...parts({}, { servers: [of], jobs: [lost] }),
        waves: [{ ...wave('sdsc-01'), phase: 'test' }],
      });
      expect(raised(plan)).toEqual(['phase.disconnected sdsc-01/web']);
      expect(plan.concerns[0]?.remedy).toContain(words);
    }
  });

  it.each([
    [
      'failing',
      'STALLED',
      'has stalled, and 3 retries have not helped: agent not seen',
      'retry-data-replication',
    ],
    ['paused', 'PAUSED', 'is paused: agent not seen', 'resume-replication'],
  ] as const)('says of one that is %s how old its data is, and which command continues it', (...row) => {
    const [state, replication, words, command] = row;
    const facts: MgnFacts = { lifecycle: 'READY_FOR_TEST', replication, shipped: true, retries: 3 };
    const halted = { ...mgnJob(agent, facts), state, statusMessage: 'agent not seen' };
    const recoveryPointAt = Date.parse('2026-11-20T07:30:00Z');
    for (const [known, snapshot] of [
      [{ ...halted, recoveryPointAt }, '; its latest snapshot is of 2026-11-20 07:30 UTC'],
      [{ ...halted, facts: { ...facts, shipped: false } }, '; it has no snapshot yet'],
      [halted, ''],
    ] as const) {
      const all = parts(byAgent, { servers: [agent], jobs: [known] });
      const [concern] = planOf(all).concerns;
      expect(concern?.message.endsWith(`${words}${snapshot}`)).toBe(true);
      expect(concern?.remedy).toContain(`\`aws mgn ${command} --source-server-id s-agent\``);
      const input = planInput(all);
      const entries = findSubjects(input.desired, input.observed, input.traits);
      expect(buildStatus(input, entries).vms[0]).toMatchObject({
        stage: state,
        next: { actor: 'person', ...(state === 'failing' && { concern: 'job.stuck' }) },
      });
    }
  });

  it('holds back the delete of a server that it may mean, and asks', () => {
    const mistyped = vm('p-finnance-web01', { settings: SETTINGS, ...byAgent });
    const meant = { ...agent, name: 'p-finance-web01' };
    const plan = planOf({ vms: [mistyped], servers: [meant], jobs: [mgnJob(meant)], input: { traits } });
    expect(raised(plan)).toEqual(['delete.unresolved']);
    const { reason } = changeOf(plan, mistyped.address);
    expect(reason).toContain('or did you mean "p-finance-web01"?');
  });

  it.each(['replicate', 'cutover'] as const)('is never started by landfall on its way to %s', (phase) => {
    for (const of of [
      { ...agent, awaitsAgent: true as const },
      { ...agent, awaitsAgent: true as const, hadJob: undefined },
    ]) {
      const { hadJob, ...rest } = of;
      const server = hadJob === undefined ? rest : { ...rest, hadJob };
      const stopped = mgnJob(server, { lifecycle: 'STOPPED', replication: 'STOPPED' });
      const all = parts(
        {},
        { servers: [server], jobs: hadJob === undefined ? [] : [{ ...stopped, state: 'paused' }] },
      );
      const input = planInput(all);
      const waves = input.desired.waves.map((wave) => ({ ...wave, phase }));
      const plan = planOf({ ...all, waves });
      expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({ action: 'defer' });
      expect(changeOf(plan, 'sdsc-01/web').reason).toContain('install');
      expect(JSON.stringify(plan.changes)).not.toContain('StartReplication');
    }
  });
});
