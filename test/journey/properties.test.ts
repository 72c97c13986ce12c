// Plan, drift and status of one account never contradict one another, and nothing is claimed that the account does not
// show: random accounts of both services.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isEarlierPhase, type Phase } from '../../src/core/desired.ts';
import { STAGES } from '../../src/core/journey.ts';
import { byText } from '../../src/core/lists.ts';
import type { Observed, PastJob } from '../../src/core/observed.ts';
import { type Change, isExecutable, type Plan } from '../../src/core/plan.ts';
import type { Status, VmStatus } from '../../src/core/status.ts';
import type { DriftReport } from '../../src/core/results/drift.ts';
import { findDrift } from '../../src/plan/drift.ts';
import { planProject } from '../../src/plan/index.ts';
import { isNamed, type PlanInput } from '../../src/plan/input.ts';
import { NOW, PROJECT, raised } from '../plan/plan-input.ts';
import { tries } from '../setup/tries.ts';
import { take } from '../providers/mgn/positions.ts';
import { mgnAccounts, positionOf, smsAccounts } from './accounts.ts';
import { overlapping } from './overlapping.ts';
import { statusOf } from './runs.ts';

const DAY = 86_400_000;
const RUNS = tries(250).numRuns;
/** Two targets are planned at once, and have what one has. */
const PAIRED_RUNS = tries(50).numRuns;

interface Answers {
  readonly input: PlanInput;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly drift: DriftReport;
  readonly status: Status;
}

function answers(input: PlanInput): Answers {
  const observed = input.observed.get('production');
  if (observed === undefined) throw new Error('no account');
  return { input, observed, plan: planProject(input), drift: findDrift(input), status: statusOf(input) };
}

/** What each command says of a VM of the manifests. */
function ofVms({ input, plan, drift, status }: Answers) {
  return input.desired.vms.map((vm) => ({
    vm,
    change: plan.changes.find(({ address }) => address === vm.address),
    concerns: plan.concerns.filter(({ address }) => address === vm.address),
    drift: drift.drift.filter(({ address }) => address === vm.address),
    status: statusOfAddress(status, vm.address),
  }));
}

function statusOfAddress({ vms }: Status, of: string): VmStatus {
  const found = vms.find(({ address }) => address === of);
  if (found === undefined) throw new Error(`no status of ${of}`);
  return found;
}

/** Whether a deleted job proves a cut-over, by the words of the rule: its marker, a cut-over's run, or its one run. */
function isProof({ finalizedAmi, revertedRun, settings, runs = [], owner, latestAmiId }: PastJob): boolean {
  if (finalizedAmi !== undefined) return true;
  if (settings['runOnce'] === true) return latestAmiId !== undefined;
  const text = new RegExp(`^cut-over \\[landfall:${owner?.project ?? ' '}/[^/\\]]+\\]$`);
  const reverted = runs.findIndex(({ id }) => id === revertedRun);
  const last = runs.find(
    ({ type, description = '' }, index) =>
      (reverted < 0 || index < reverted) && type === 'on-demand' && text.test(description),
  );
  return last?.state === 'completed';
}

const drawn = new Map<fc.Arbitrary<PlanInput>, readonly Answers[]>();

/** The same random accounts for every test. */
function sampleOf(accounts: fc.Arbitrary<PlanInput>, runs: number): readonly Answers[] {
  const before = drawn.get(accounts);
  if (before !== undefined) return before;
  const all = fc.sample(accounts, runs).map(answers);
  drawn.set(accounts, all);
  return all;
}

/** Checks something of each of the same random accounts; a failure shows the account. */
function holdsOf(accounts: fc.Arbitrary<PlanInput>, runs = RUNS): (check: (found: Answers) => void) => void {
  return (check) => {
    for (const found of sampleOf(accounts, runs)) {
      try {
        check(found);
      } catch (error) {
        const { desired, observed } = found.input;
        const shown = JSON.stringify({ desired, observed: [...observed] });
        throw new Error(`in the account ${shown}`, { cause: error });
      }
    }
  };
}

const SMS_PAIRS = overlapping(smsAccounts);
const MGN_PAIRS = overlapping(mgnAccounts);

describe.each([
  ['SMS', SMS_PAIRS],
  ['MGN', MGN_PAIRS],
] as const)('any account of %s that two targets share', (_, accounts) => {
  const holds = holdsOf(accounts, PAIRED_RUNS);

  it('refuses a VM that both have in a wave, and changes its job in neither', () => {
    holds(({ input, observed, plan }) => {
      const { jobs, pastJobs = [], unfinished = [], catalog } = observed;
      // Without any job nothing tells that the two are one account; without a catalogue no VM is known.
      if (jobs.length + pastJobs.length + unfinished.length === 0 || catalog !== 'available') return;
      const homes = new Map<string, string[]>();
      for (const { address, wave } of input.desired.vms) {
        const name = address.slice(wave.length + 1);
        homes.set(name, [...(homes.get(name) ?? []), address]);
      }
      for (const addresses of homes.values()) {
        if (addresses.length < 2) continue;
        for (const address of addresses) {
          expect(plan.changes.map((change) => change.address as string)).not.toContain(address);
          const ids = plan.concerns.filter((one) => one.address === address).map(({ id }) => id);
          // The catalogue may not have the VM at all.
          if (!ids.includes('vm.unknown')) expect([address, ids]).toEqual([address, ['vm.same-server']]);
        }
      }
    });
  });

  it('has each job changed by one of the two at most, and deleted only where neither has its VM', () => {
    holds(({ input, plan }) => {
      const touched = plan.changes.filter(isExecutable).flatMap(({ id }) => id ?? []);
      expect(touched).toHaveLength(new Set(touched).size);
      const names = new Set(input.desired.vms.map(({ reference }) => reference.name));
      for (const { action, address, wave } of plan.changes)
        if (action === 'delete') expect(names).not.toContain(address.slice(wave.length + 1));
    });
  });
});

const SERVICES = [
  ['SMS', smsAccounts, RUNS],
  ['MGN', mgnAccounts, RUNS],
  ['SMS with two targets', SMS_PAIRS, PAIRED_RUNS],
  ['MGN with two targets', MGN_PAIRS, PAIRED_RUNS],
] as const;

describe.each(SERVICES)('any account of %s', (_, accounts, runs) => {
  const holds = holdsOf(accounts, runs);

  it('has no drift where a plan has no change and no concern, and drift wherever a plan changes a VM', () => {
    holds((found) => {
      for (const { vm, change, concerns, drift, status } of ofVms(found)) {
        const isSettled = change?.action === 'no-op' && concerns.length === 0;
        // A test that has passed is past phase `test`, and the plan takes nothing back.
        const isPast = status.stage === 'ready-for-cutover' && phaseOf(found, vm.wave) === 'test';
        const kinds = drift.map(({ kind }) => kind);
        if (isSettled) expect([vm.address, kinds]).toEqual([vm.address, isPast ? ['phase'] : []]);
        if (change?.action !== 'no-op') expect([vm.address, drift.length > 0]).toEqual([vm.address, true]);
      }
    });
  });

  it('is counted alike by plan, drift and status', () => {
    holds(({ input, plan, drift, status }) => {
      expect(status.stages).toEqual(plan.stages);
      expect(Object.values(plan.stages).reduce((sum, count) => sum + count, 0)).toBe(
        input.desired.vms.length,
      );
      expect(drift.matching).toBe(
        plan.summary.noOp - plan.stopped - plan.failing - plan.differing - plan.ahead,
      );
      const drifted = new Set(
        drift.drift.filter(({ kind }) => kind !== 'unlisted').map(({ address }) => address),
      );
      expect(drift.matching + drifted.size).toBe(input.desired.vms.length);
    });
  });

  it('has the next step in its status that its plan takes', () => {
    holds(({ input, observed, plan, status }) => {
      // What a create that was cut off has left of a VM that is in no manifest is released, and no VM has a status of it.
      const left = new Set(observed.unfinished?.map(({ id }) => id));
      const executable = plan.changes
        .filter(isExecutable)
        .filter(({ action, id }) => action !== 'delete' || !left.has(id));
      const waiting = status.vms.filter(({ next }) => next.actor === 'apply');
      expect(waiting.map(({ address }) => address).toSorted(byText)).toEqual(
        executable.map(({ address }) => address as string).toSorted(byText),
      );
      const { stepTexts = {} } = input.traits.get('production')?.phases ?? {};
      for (const change of executable) {
        const { text } = statusOfAddress(status, change.address).next;
        expect(text).toContain(wordOf(change, stepTexts));
      }
      for (const { address, next, stage } of status.vms) {
        const isDone = stage === 'finalized' || stage === 'archived';
        if (next.actor !== 'nobody') expect([address, next.text]).not.toEqual([address, '']);
        else if (input.desired.vms.some((vm) => vm.address === address))
          expect([address, isDone]).toEqual([address, true]);
      }
    });
  });

  it('names a critical concern where a plan refuses a VM, and the same in its status', () => {
    holds((found) => {
      for (const { change, concerns, status } of ofVms(found)) {
        if (change !== undefined || found.observed.catalog !== 'available') continue;
        expect(concerns.some(({ severity }) => severity === 'critical')).toBe(true);
        expect(status.next.actor).toBe('person');
        expect(concerns.map(({ id }) => id)).toContain(status.next.concern);
      }
    });
  });

  it('does not depend on the order of its lists', () => {
    holds(({ input, observed, plan, status, drift }) => {
      const { servers, jobs, pastJobs = [], connectors } = observed;
      const turned = {
        ...observed,
        servers: servers.toReversed(),
        jobs: jobs.toReversed(),
        pastJobs: pastJobs.toReversed(),
        connectors: connectors.toReversed(),
      };
      const accounts = [...input.observed.keys()].map((name) => [name, turned] as const);
      const again = answers({ ...input, observed: new Map(accounts) });
      expect(again.plan).toEqual(plan);
      expect(again.status).toEqual(status);
      expect(again.drift).toEqual(drift);
    });
  });
});

function wordOf(change: Change, stepTexts: Readonly<Record<string, string>>): string {
  switch (change.action) {
    case 'create':
      return 'start its replication';
    case 'advance':
      return stepTexts[change.step] ?? change.step;
    case 'update':
      return change.fields.map(({ field }) => field).join(', ');
    case 'replace':
    case 'delete':
      return change.action;
    case 'no-op':
    case 'defer':
      return 'nothing';
  }
}

describe('any account of SMS', () => {
  const holds = holdsOf(smsAccounts);
  const pastOf = ({ pastJobs = [] }: Observed, serverId: string) =>
    pastJobs.filter(({ server }) => server.serverId === serverId);

  it('has nothing finalized without proof, and says what the proof is', () => {
    holds(({ observed, status }) => {
      for (const { address, stage, evidence, job, server } of status.vms) {
        if (server === undefined) continue;
        const past = pastOf(observed, server.serverId);
        const isProven = job === undefined && past.some(isProof);
        expect([address, stage === 'finalized']).toEqual([address, isProven]);
        if (stage === 'finalized') expect(evidence[0]?.id).toMatch(/^(ami|sms-run)-/);
        if (stage === 'cut-over') expect(evidence[0]?.id).toMatch(/^(ami|sms-run)-/);
        // A job that never replicated proves nothing.
        if (
          !past.some(
            ({ runs = [], latestAmiId, finalizedAmi }) =>
              (latestAmiId ?? finalizedAmi ?? runs.find(({ amiId }) => amiId)) !== undefined,
          )
        )
          expect([address, stage]).not.toEqual([address, 'finalized']);
      }
    });
  });

  it('never has a VM created or replicated again that is finalized or cannot be proven not to be, unless by name', () => {
    holds(({ input, observed, plan }) => {
      const jobs = new Set<string>(observed.jobs.map(({ server }) => server.serverId));
      for (const vm of input.desired.vms) {
        const change = plan.changes.find(({ address }) => address === vm.address);
        if (change === undefined || jobs.has(change.serverId)) continue;
        const past = pastOf(observed, change.serverId);
        const server = observed.servers.find(({ serverId }) => serverId === change.serverId);
        const isForgotten = server?.jobId !== undefined && !past.some(({ id }) => id === server.jobId);
        if (!past.some(isProof) && !isForgotten) continue;
        const isAsked = input.replace !== undefined && isNamed(input.replace, vm);
        if (!isAsked) expect([change.address, change.action]).toEqual([change.address, 'no-op']);
      }
    });
  });

  it('has a concern wherever a job is lost and the plan replicates the VM again', () => {
    holds(({ input, plan, status }) => {
      for (const { address, stage, vm } of status.vms) {
        if (stage !== 'lost' && stage !== 'unproven') continue;
        if (vm === undefined || (input.replace !== undefined && isNamed(input.replace, vm))) continue;
        const change = plan.changes.find((one) => one.address === address);
        if (change?.action === 'defer') continue;
        expect(raised(plan).filter((one) => one.endsWith(` ${address}`))).toEqual([
          expect.stringMatching(/^(phase|job)\./),
        ]);
      }
    });
  });

  it('has a plan of which the service accepts each change', () => {
    holds(({ observed, plan }) => {
      for (const change of plan.changes.filter(isExecutable))
        expect([change.address, refusal(change, observed)]).toEqual([change.address, undefined]);
    });
  });

  /** Why the service would refuse a change (domain: SMS rules). */
  function refusal(
    change: Change,
    { jobs, connectors, servers, pastJobs = [] }: Observed,
  ): string | undefined {
    const job = jobs.find(({ id }) => id === change.id);
    const known = [...servers, ...[...jobs, ...pastJobs].map(({ server }) => server)];
    const on = known.find(({ serverId }) => serverId === change.serverId);
    const isOver = job?.state === 'completed' || job?.state === 'failed';
    switch (change.action) {
      case 'create':
      case 'replace':
        if (
          change.action === 'create' &&
          jobs.some(
            ({ server, state }) =>
              server.serverId === change.serverId && state !== 'completed' && state !== 'failed',
          )
        )
          return 'ReplicationJobAlreadyExistsException';
        return connectors.some(({ healthy, vmManagerId }) => healthy && vmManagerId === on?.vmManagerId)
          ? undefined
          : 'NoConnectorsAvailableException';
      case 'update':
        return job === undefined || isOver ? 'OperationNotPermittedException' : undefined;
      case 'advance': {
        if (change.step === 'DeleteReplicationJob') return undefined;
        if (change.step === 'UpdateReplicationJob')
          return job === undefined || isOver ? 'OperationNotPermittedException' : undefined;
        const { runs = [], latestAmiId, state } = job ?? {};
        if (job === undefined || isOver || state === 'paused' || latestAmiId === undefined)
          return 'OperationNotPermittedException';
        const isBusy = runs.some(
          (run) => run.state === 'active' || (run.state === 'pending' && (run.scheduledAt ?? 0) <= NOW),
        );
        if (isBusy) return 'OperationNotPermittedException';
        const today = runs.filter(
          ({ type, scheduledAt = 0 }) => type === 'on-demand' && scheduledAt > NOW - DAY,
        );
        return today.length >= 2 ? 'ReplicationRunLimitExceededException' : undefined;
      }
      case 'delete':
      case 'no-op':
      case 'defer':
        return undefined;
    }
  }

  it('has a job deleted by a step only when its cut-over is proven', () => {
    holds(({ observed, plan }) => {
      for (const change of plan.changes) {
        if (change.action !== 'advance' || change.step !== 'DeleteReplicationJob') continue;
        const job = observed.jobs.find(({ id }) => id === change.id);
        expect(job !== undefined && isProof(job)).toBe(true);
        expect(job?.owner?.project).toBe(PROJECT);
      }
    });
  });
});

const phaseOf = ({ input }: Answers, name: string) =>
  input.desired.waves.find((wave) => wave.name === name)?.phase;

/** The first phase in which git asks for a lifecycle state of MGN (domain: agentless flow). */
const ASKED_BY: Readonly<Record<string, Phase>> = {
  TESTING: 'test',
  READY_FOR_CUTOVER: 'ready',
  CUTTING_OVER: 'cutover',
  CUTOVER: 'finalize',
};

describe('any account of MGN', () => {
  const holds = holdsOf(mgnAccounts);

  it('has drift of its phase wherever the lifecycle is past the phase that git asks for, and nowhere without one', () => {
    let seen = 0;
    holds((found) => {
      for (const { vm, drift, status } of ofVms(found)) {
        const { job, stage } = status;
        const phase = phaseOf(found, vm.wave);
        const hasDrift = drift.some(({ kind }) => kind === 'phase');
        if (phase === undefined || job?.owner?.project !== PROJECT) {
          expect([vm.address, hasDrift && phase === undefined]).toEqual([vm.address, false]);
          continue;
        }
        const asked = ASKED_BY[positionOf(job).lifecycle];
        if (asked === undefined || stage === 'archived' || stage === 'paused' || stage === 'failing')
          continue;
        expect([vm.address, hasDrift]).toEqual([vm.address, isEarlierPhase(phase, asked)]);
        seen += hasDrift ? 1 : 0;
      }
    });
    expect(seen).toBeGreaterThan(10);
  });

  it('shows the lifecycle that proves a stage', () => {
    holds(({ status }) => {
      for (const { job, stage, evidence } of status.vms) {
        if (job === undefined) continue;
        const { lifecycle, archived } = positionOf(job);
        expect(stage === 'finalized').toBe(lifecycle === 'CUTOVER' && !archived);
        expect(stage === 'archived').toBe(archived);
        expect(evidence[0]).toMatchObject({ what: `lifecycle ${lifecycle}`, id: job.id });
      }
    });
  });

  it('has a plan of which the service accepts each step, and none that begins again', () => {
    holds(({ observed, plan }) => {
      const known = new Set<string>(observed.jobs.map(({ server }) => server.serverId));
      for (const change of plan.changes.filter(isExecutable)) {
        if (change.action === 'create') expect(known.has(change.serverId)).toBe(false);
        const job = observed.jobs.find(({ id }) => id === change.id);
        if (change.action !== 'advance' || job === undefined) continue;
        const position = positionOf(job);
        const isOver = position.archived || position.lifecycle === 'CUTOVER';
        expect(isOver ? change.step : 'MarkAsArchived').toBe('MarkAsArchived');
        if (!isOver) expect(() => take(change.step, position)).not.toThrow();
      }
    });
  });
});

describe('the random accounts', () => {
  it('have VMs in every stage, and plans with every action', () => {
    const found = SERVICES.map(([, accounts]) => {
      const all = sampleOf(accounts, RUNS);
      const stages = new Set(all.flatMap(({ status }) => status.vms.map(({ stage }) => stage)));
      const actions = new Set(all.flatMap(({ plan }) => plan.changes.map(({ action }) => action)));
      return { stages, actions };
    });
    const of = (member: 'stages' | 'actions') => new Set(found.flatMap((one) => [...one[member]]));
    expect(of('stages')).toEqual(new Set(STAGES));
    expect(of('actions')).toEqual(
      new Set(['create', 'update', 'replace', 'delete', 'advance', 'defer', 'no-op']),
    );
  });
});
