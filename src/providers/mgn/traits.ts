import { type Concern, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import { fullName } from '../../core/names.ts';
import type { ObservedServer } from '../../core/observed.ts';
import type { FieldChange } from '../../core/plan.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { quote, quoteShellWord } from '../../core/text.ts';
import { displayInstant } from '../../core/time.ts';
import { mgnSettings } from './settings.ts';
import { retriesOf } from './gates.ts';
import { mgnPhases } from './phases.ts';
import { overQuota } from './account/quotas.ts';
import { stageOf } from './stage.ts';
import {
  ARCHIVE,
  disconnectedWords,
  END_TEST,
  factsOf,
  FINALIZE,
  type Mgn,
  type MgnJob,
  RETRY,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  TERMINATE,
} from './steps/sequence.ts';

const RELEASE_EFFECTS = [
  'continues to replicate without an owner: it leaves its application and loses landfall’s tags',
  '`prune: disconnect` on the target would end its replication',
] as const;
const FINISHED_EFFECTS = ['stays as it is; it leaves its application and loses landfall’s tags'] as const;
const DISCONNECT_EFFECTS = [
  'replication ends permanently, and the data that it stored in AWS is deleted',
  'instances that were launched stay',
] as const;

/** What planning must know of AWS MGN. */
export const mgnTraits: ProviderTraits<Mgn> = {
  fields: mgnSettings,
  phases: mgnPhases,
  stepNames: {
    [START_REPLICATION]: 'start-replication',
    [START_TEST]: 'start-test',
    [END_TEST]: 'end-test',
    [REVERT]: 'revert',
    [TERMINATE]: 'terminate-instances',
    [START_CUTOVER]: 'start-cutover',
    [FINALIZE]: 'finalize',
    [ARCHIVE]: 'archive',
    [RETRY]: 'retry-replication',
  },
  stageOf,
  connectorProblem: agentProblem,
  inventory: {
    name: 'list of source servers',
    remedy:
      'fix it in the manifest, or check that the vCenter client of its vCenter is running and has found the VM',
  },
  replace: {
    refusal: 'a replication of AWS MGN cannot be replaced: all of its settings change in place',
    remedy: 'run without --replace; to start over, stop the replication in the console and apply again',
  },
  // Domain, MGN: agentless flow; the target's `prune` decides what happens to a server.
  effects: (action, { prune }, { state }) => {
    if (action === 'replace') return [];
    if (state === 'completed') return FINISHED_EFFECTS;
    return prune === 'disconnect' ? DISCONNECT_EFFECTS : RELEASE_EFFECTS;
  },
  replicatesOn: ({ prune }) => prune !== 'disconnect',
  disconnects: ({ prune }, { state }) => prune === 'disconnect' && state !== 'completed',
  midCutover,
  overQuota,
  startEffects: () => ['starts replicating when applied'],
  // Cut over or archived: the service changes nothing about it any more.
  isDone: (_vm, { state }) => state === 'completed',
  jobConcerns,
  accountConcerns: () => [],
};

/** Where a server is between its test and the end of its cut-over, by its lifecycle. */
const MID_CUTOVER: ReadonlyMap<string | undefined, string> = new Map([
  ['TESTING', 'under test'],
  ['READY_FOR_CUTOVER', 'ready for cut-over'],
  ['CUTTING_OVER', 'being cut over'],
]);
/** Settings that neither decide what is launched nor with which other servers. */
const HARMLESS_FIELD = /^(?:description|encrypted)$|^mgn\.replication\./;

function midCutover(job: MgnJob, fields: readonly FieldChange[]): string | undefined {
  const where = MID_CUTOVER.get(factsOf(job).lifecycle);
  if (where === undefined || factsOf(job).archived === true) return undefined;
  const isAdoption = ({ field, before }: FieldChange): boolean => field === 'owner' && before === undefined;
  const isHarmless =
    fields.length > 0 && fields.every((one) => isAdoption(one) || HARMLESS_FIELD.test(one.field));
  return isHarmless ? undefined : where;
}

/**
 * Says how old the data in AWS is, of a replication that copies none. The service does not say when a replication stalled
 * or was paused.
 */
function latestSnapshotText(job: MgnJob): string {
  if (job.recoveryPointAt !== undefined)
    return `; its latest snapshot is of ${displayInstant(job.recoveryPointAt)}`;
  return factsOf(job).shipped === false ? '; it has no snapshot yet' : '';
}

/** Names a VM and its server, whose id the name has already where it tells two VMs apart. */
function nameWithId(vm: DesiredVm, id: string): string {
  const name = fullName(vm);
  return name.endsWith(`(${id})`) ? name : `${name} (${id})`;
}

/** Says that a person has paused or stopped a replication: landfall does not resume it. */
function pausedConcern(vm: DesiredVm, job: MgnJob, words: string): readonly Concern[] {
  const { id, server } = job;
  const isStopped = factsOf(job).lifecycle === 'STOPPED';
  // What is stopped without an agent is started again by its next step, and the plan shows that.
  if (isStopped && server.hasAgent !== true) return [];
  return [
    raiseForVm('job.paused', vm, {
      message: `the replication of ${nameWithId(vm, id)} is ${isStopped ? 'stopped' : 'paused'}${words}${latestSnapshotText(job)}`,
      remedy: isStopped
        ? `somebody has stopped it: to continue, install the agent again, or run \`aws mgn start-replication --source-server-id ${quoteShellWord(id)}\`, which sends all data again`
        : `somebody has paused it: to continue, run \`aws mgn resume-replication --source-server-id ${quoteShellWord(id)}\``,
    }),
  ];
}

/** Why a server that replicates by an agent does not replicate, and what a person must do. */
function agentProblem({ awaitsAgent, hadJob, notReported = [] }: ObservedServer): string | undefined {
  if (awaitsAgent !== true) return undefined;
  if (hadJob === true) return 'its replication was stopped: install the agent again';
  const [meant, ...more] = notReported;
  const hint = meant === undefined || more.length > 0 ? '' : `; or did you mean ${quote(meant)}?`;
  return `waits for its agent: install the agent${hint}`;
}

/** Says that a replication has stalled, and who does what about it: the next apply, or a person once retries did not help. */
function stalledConcern(vm: DesiredVm, job: MgnJob, words: string): Concern {
  const { id } = job;
  const { done, most } = retriesOf(vm, job);
  const what = `the replication of ${nameWithId(vm, id)}`;
  const command = `\`aws mgn retry-data-replication --source-server-id ${quoteShellWord(id)}\``;
  if (done > 0 && done >= most)
    return raiseForVm('job.stuck', vm, {
      message: `${what} has stalled, and ${done === 1 ? 'a retry has' : `${done} retries have`} not helped${words}${latestSnapshotText(job)}`,
      remedy: `fix the cause, then run ${command}, or apply with --max-attempts ${done + 1}`,
    });
  const isRetried = done < most && factsOf(job).lifecycle !== 'CUTTING_OVER';
  return raiseForVm('job.stalled', vm, {
    message: `${what} has stalled${words}${latestSnapshotText(job)}`,
    remedy: isRetried
      ? `fix the cause; an apply retries it, ${most - done === 1 ? 'once more' : `up to ${most - done} times`}`
      : `fix the cause; if it does not continue then, run ${command}`,
  });
}

/** Raises what a reviewer must know of the state of a source server's replication. */
function jobConcerns(vm: DesiredVm, job: MgnJob): readonly Concern[] {
  const { id, state, statusMessage } = job;
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  switch (state) {
    case 'failing':
      return [stalledConcern(vm, job, words)];
    case 'paused':
      return pausedConcern(vm, job, words);
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `${nameWithId(vm, id)} was ${disconnectedWords(factsOf(job))}${words}`,
          remedy: `remove the VM from the manifests, or ${job.server.hasAgent === true ? 'install the agent on it again' : 'delete the source server, so that the service discovers the VM again'}; before that, check that no instance of it is in use`,
        }),
      ];
    case 'completed':
    case 'pending':
    case 'active':
    case 'unknown':
      return [];
  }
}
