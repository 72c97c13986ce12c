import type { Phase } from '../../../src/core/desired.ts';
import type { PhaseDecision } from '../../../src/core/provider.ts';
import { mgnPhases } from '../../../src/providers/mgn/phases.ts';
import type { MgnFacts, MgnJob } from '../../../src/providers/mgn/steps/sequence.ts';
import { job, NOW, server, target, vm } from '../../plan/plan-input.ts';
import { STAGE } from '../../plan/plan-input.ts';

// A source server as the rules of phases see it, and a model of what the service makes of it: written from the
// domain's rules alone, so that it shares nothing with the rules it is held against.

export const LIFECYCLES = [
  'STOPPED',
  'NOT_READY',
  'READY_FOR_TEST',
  'TESTING',
  'READY_FOR_CUTOVER',
  'CUTTING_OVER',
  'CUTOVER',
  'DISCONNECTED',
] as const;
export const REPLICATIONS = [
  'STOPPED',
  'INITIATING',
  'INITIAL_SYNC',
  'BACKLOG',
  'CREATING_SNAPSHOT',
  'CONTINUOUS',
  'PAUSED',
  'RESCAN',
  'STALLED',
  'DISCONNECTED',
  'PENDING_SNAPSHOT_SHIPPING',
  'SHIPPING_SNAPSHOT',
] as const;
export const LAUNCHES = [undefined, 'PENDING', 'IN_PROGRESS', 'LAUNCHED', 'FAILED', 'TERMINATED'] as const;

export const LAUNCH_KINDS = [undefined, 'test', 'cutover'] as const;

export interface Position {
  readonly lifecycle: string;
  readonly replication: string;
  readonly archived: boolean;
  readonly launch: string | undefined;
  readonly launchOf: MgnFacts['launchOf'] | undefined;
  readonly instance: string | undefined;
  readonly busy: boolean;
  readonly snapshot: boolean;
  /** The cut-over was taken back, and nothing was launched since. */
  readonly reverted?: boolean;
  readonly failedLaunches?: number;
}

/** A server that replicates and was never launched; a test changes what it is about. */
export const READY: Position = {
  lifecycle: 'READY_FOR_TEST',
  replication: 'CONTINUOUS',
  archived: false,
  launch: undefined,
  launchOf: undefined,
  instance: undefined,
  busy: false,
  snapshot: true,
};

function jobAt(position: Position): MgnJob {
  const {
    lifecycle,
    replication,
    archived,
    launch,
    launchOf,
    instance,
    busy,
    snapshot,
    reverted,
    failedLaunches,
  } = position;
  const facts: MgnFacts = {
    lifecycle,
    replication,
    ...(archived && { archived: true }),
    ...(launch !== undefined && { launch }),
    ...(launchOf !== undefined && { launchOf }),
    ...(instance !== undefined && { instance }),
    ...(busy && { busy: true }),
    ...(reverted === true && { reverted }),
    ...(failedLaunches !== undefined && { failedLaunches }),
    ...(!snapshot && { shipped: false }),
  };
  return { ...job('web'), facts };
}

/** What the rules say of a server in a position, for a phase or where the wave names none. */
export function verdictOn(phase: Phase | undefined, position: Position): PhaseDecision | undefined {
  const on = { vm: vm('web'), server: server('web'), target: target(), now: NOW, stage: STAGE };
  const said = phase === undefined ? ({ phase: 'replicate', isDefault: true } as const) : { phase };
  return mgnPhases.next({ ...said, ...on, job: jobAt(position) });
}

/** What the rules say of the way back from a position. */
export function rollbackOn(position: Position, keepsInstance: boolean): PhaseDecision | undefined {
  return mgnPhases.rollback?.(jobAt(position), { name: 'w/web', keepsInstance });
}

/** A position after a step; throws what the service would refuse it with. */
export function take(step: string, now: Position): Position {
  const must = (allowed: boolean) => {
    if (!allowed || now.busy || now.archived)
      throw new Error(`ConflictException: ${step} in ${JSON.stringify(now)}`);
  };
  const { lifecycle: at, instance, snapshot } = now;
  switch (step) {
    case 'StartReplication':
      must(at === 'STOPPED');
      return { ...now, lifecycle: 'NOT_READY', replication: 'INITIATING', snapshot: false };
    case 'StartTest':
      must(at === 'READY_FOR_TEST' || (at === 'TESTING' && snapshot));
      return {
        ...now,
        lifecycle: 'TESTING',
        busy: true,
        launch: 'PENDING',
        launchOf: 'test',
        reverted: false,
      };
    case 'StartCutover':
      must((at === 'READY_FOR_CUTOVER' || at === 'CUTTING_OVER') && snapshot);
      return {
        ...now,
        ...{ lifecycle: 'CUTTING_OVER', busy: true, launch: 'PENDING', launchOf: 'cutover', reverted: false },
      };
    case 'ChangeServerLifeCycleState READY_FOR_CUTOVER':
      must(['READY_FOR_TEST', 'TESTING', 'CUTTING_OVER'].includes(at) && snapshot);
      return { ...now, lifecycle: 'READY_FOR_CUTOVER', reverted: at === 'CUTTING_OVER' };
    case 'ChangeServerLifeCycleState READY_FOR_TEST':
      must(['TESTING', 'READY_FOR_CUTOVER', 'CUTTING_OVER'].includes(at) && snapshot);
      return { ...now, lifecycle: 'READY_FOR_TEST' };
    case 'TerminateTargetInstances':
      must(!['TESTING', 'CUTTING_OVER', 'CUTOVER'].includes(at) && instance !== undefined);
      return { ...now, busy: true };
    case 'FinalizeCutover':
      must(at === 'CUTTING_OVER' && instance !== undefined && now.launch !== 'FAILED');
      return { ...now, lifecycle: 'CUTOVER', replication: 'DISCONNECTED', snapshot: false };
    case 'MarkAsArchived':
      must(at === 'CUTOVER' || at === 'DISCONNECTED');
      return { ...now, archived: true };
    case 'RetryDataReplication':
      must(now.replication === 'STALLED');
      return { ...now, replication: 'INITIATING' };
    default:
      throw new Error(`no operation ${step}`);
  }
}

/** A position once time has passed: jobs are done, and people have seen to what was paused or stalled. */
export function later(now: Position): Position {
  const { lifecycle, launchOf } = now;
  if (now.busy || now.launch === 'PENDING' || now.launch === 'IN_PROGRESS') {
    const launching = lifecycle === 'TESTING' || lifecycle === 'CUTTING_OVER';
    const settled = { ...now, busy: false };
    if (!launching) return { ...settled, launch: 'TERMINATED', instance: undefined };
    const of = lifecycle === 'TESTING' ? 'test' : 'cutover';
    return { ...settled, launch: 'LAUNCHED', launchOf: of, instance: `i-${launchOf ?? 'new'}` };
  }
  if (lifecycle === 'STOPPED' || lifecycle === 'CUTOVER') return now;
  const ready = lifecycle === 'NOT_READY' ? 'READY_FOR_TEST' : lifecycle;
  return { ...now, lifecycle: ready, replication: 'CONTINUOUS', snapshot: true };
}
