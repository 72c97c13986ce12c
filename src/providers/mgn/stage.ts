import type { Evidence, Output, Stage, StageContext, VmStage } from '../../core/journey.ts';
import { progress } from './progress.ts';
import {
  disconnectedWords,
  factsOf,
  hasCutoverInstance,
  hasOldCutover,
  type Mgn,
  type MgnFacts,
  type MgnJob,
} from './steps/sequence.ts';

/** Finds where a VM is on AWS MGN, from the lifecycle, the replication and the launches of its source server. Pure. */
export function stageOf({ job }: Pick<StageContext<Mgn>, 'job'>): VmStage {
  if (job === undefined) return { stage: 'waiting', evidence: [], deadlines: [], outputs: [] };
  const facts = factsOf(job);
  const { lifecycle = 'unknown' } = facts;
  const stage = stageFromFacts(job, facts);
  const { replication, isMoving } = progress(job);
  const detail = detailOf(stage, job, facts, replication);
  const evidence: readonly Evidence[] = [
    { what: `lifecycle ${lifecycle}`, id: job.id },
    ...(facts.archived === true ? [{ what: 'archived', id: job.id }] : []),
    ...(facts.instance === undefined ? [] : [{ what: `instance ${facts.instance}`, id: facts.instance }]),
    ...(job.milestones ?? []).slice(-1).map(({ event, at }) => ({ what: event, at })),
  ];
  const takenBack = takenBackOf(job);
  const hasSnapshot = facts.shipped === true && facts.archived !== true && lifecycle !== 'CUTOVER';
  return {
    stage,
    ...(detail !== undefined && { detail }),
    evidence,
    ...(hasSnapshot && {
      recoveryPoint: {
        kind: 'snapshot',
        ...(job.recoveryPointAt !== undefined && { at: job.recoveryPointAt }),
        isOverdue: job.state === 'failing' || job.state === 'paused',
      },
    }),
    deadlines: [],
    outputs: outputsOf(job, facts),
    ...(takenBack !== undefined && { takenBack }),
    ...(isMoving && { activity: { text: activityText(facts, replication) } }),
  };
}

function stageFromFacts(job: MgnJob, facts: MgnFacts): Stage {
  const { lifecycle, archived } = facts;
  if (archived === true) return 'archived';
  switch (lifecycle) {
    case 'CUTOVER':
      return 'finalized';
    case 'DISCONNECTED':
      return 'lost';
    case 'CUTTING_OVER':
      return isLaunched(facts, 'cutover') ? 'cut-over' : 'cutting-over';
    case 'TESTING':
      return 'testing';
    case 'READY_FOR_CUTOVER':
      return problemStage(job) ?? 'ready-for-cutover';
    case 'NOT_READY':
      return problemStage(job) ?? 'seeding';
    case 'STOPPED':
      return 'paused';
    case undefined:
    default:
      return problemStage(job) ?? (job.state === 'pending' ? 'seeding' : 'replicating');
  }
}

/** The stage of a replication that does not run, before its cut-over. */
function problemStage({ state }: MgnJob): Stage | undefined {
  if (state === 'failing') return 'failing';
  return state === 'paused' ? 'paused' : undefined;
}

function isLaunched({ instance, launch, launchOf }: MgnFacts, of: 'test' | 'cutover'): boolean {
  if (instance === undefined) return false;
  return launch === undefined || (launch === 'LAUNCHED' && (launchOf === undefined || launchOf === of));
}

function detailOf(
  stage: Stage,
  job: MgnJob,
  facts: MgnFacts,
  replication: string | undefined,
): string | undefined {
  const { lifecycle, launch, launchError, instance } = facts;
  if (stage === 'testing' || stage === 'cutting-over') {
    if (launch === 'FAILED') return `the launch failed${launchError === undefined ? '' : `: ${launchError}`}`;
    return instance === undefined ? 'the instance is being launched' : withBoot(instance, facts);
  }
  if (stage === 'cut-over') return instance === undefined ? undefined : withBoot(instance, facts);
  if (stage === 'finalized') return instance;
  if (stage === 'archived') return lifecycle === 'CUTOVER' ? instance : 'without a cut-over';
  if (stage === 'lost') return `it was ${disconnectedWords(facts)}`;
  const old = hasOldCutover(facts) ? `${instance ?? ''} of the cut-over that was taken back still runs` : '';
  const words =
    [job.statusMessage ?? replication ?? '', old].filter((word) => word !== '').join('; ') || undefined;
  if (lifecycle !== 'READY_FOR_TEST') return words;
  return words === undefined ? 'ready for test' : `ready for test, ${words}`;
}

/** Adds to an instance how its first boot and its post-launch actions went, unless all is well or nothing is known. */
function withBoot(instance: string, { firstBoot, postLaunch, postLaunchError }: MgnFacts): string {
  const isFine = firstBoot === undefined || firstBoot === 'SUCCEEDED';
  return [
    instance,
    ...(isFine ? [] : [`first boot ${firstBoot.toLowerCase()}`]),
    ...(postLaunch === 'IN_PROGRESS' ? ['post-launch actions in progress'] : []),
    ...(postLaunch === 'FAILED'
      ? [`post-launch actions failed: ${postLaunchError ?? 'no reason given'}`]
      : []),
  ].join('; ');
}

function activityText(
  { lifecycle, launch, launchOf, busy }: MgnFacts,
  replication: string | undefined,
): string {
  const isLaunching = launch === 'PENDING' || launch === 'IN_PROGRESS';
  if (busy !== true && !isLaunching) return replication ?? 'initial sync';
  if (isLaunching) return `the ${launchOf === 'test' ? 'test' : 'cut-over'} instance is being launched`;
  return lifecycle === 'NOT_READY' ? 'a job processes it' : 'a job of AWS MGN processes it';
}

/** What was taken back after the last launch, and when. */
function takenBackOf({ milestones = [] }: MgnJob): VmStage['takenBack'] {
  const last = milestones.findLast(({ event }) => /(launched|reverted|finalized)$/.test(event));
  if (last?.event.endsWith('reverted') !== true) return undefined;
  return { what: last.event.startsWith('test') ? 'test' : 'cut-over', at: last.at };
}

/**
 * The instances that a cut-over and a test launched, that of the test after it has ended too; not that of a cut-over that
 * was taken back.
 */
function outputsOf({ milestones = [] }: MgnJob, facts: MgnFacts): readonly Output[] {
  const { instance, lifecycle } = facts;
  const isCutover = hasCutoverInstance(facts);
  const isOld = !isCutover && lifecycle !== 'DISCONNECTED' && hasOldCutover(facts);
  const current = instance === undefined || isOld ? undefined : instance;
  const launched = (of: Output['of'], event: string, id: string | undefined): readonly Output[] => {
    const launch = milestones.findLast((one) => one.event === event);
    const found = id ?? (of === 'test' ? launch?.instanceId : undefined);
    if (found === undefined) return [];
    return [{ of, kind: 'instance', id: found, ...(launch !== undefined && { at: launch.at }) }];
  };
  return [
    ...launched('cutover', 'cut-over launched', isCutover ? current : undefined),
    ...launched('test', 'test launched', isCutover ? undefined : current),
  ];
}
