import { scopeOfStages } from '../../core/observed.ts';
import type { Concern } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { RunHistory } from '../../core/operations.ts';
import type { JobHistory, JobRuns, VmEntry } from '../../core/status.ts';
import { serviceOf } from '../../providers/registry.ts';
import { type Accounts, nameTarget, openAccounts } from '../accounts.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import { scopeOfRun, type Selection } from '../selection.ts';
import { findTarget, requireFeature } from '../targets.ts';
import { oneOfChosen, selectVms, type VmSelection } from './vm-selection.ts';

/** The runs that were found, or why there are none. */
export type JobRunsResult =
  | InvalidManifests
  | ({
      readonly kind: 'found';
      /** The targets that could not be read. */
      readonly unreachable: readonly Concern[];
    } & JobRuns);

/**
 * Reads all runs of a VM, of its job and of its deleted jobs, or those of one job.
 * @param name a VM, by its name, an address, or the id of anything that the account has of it; the id of a job means
 * that job alone
 * @throws LandfallError VM_UNKNOWN, VM_AMBIGUOUS, TARGET_UNKNOWN or NOT_SUPPORTED
 */
export async function jobRuns(
  workspace: Workspace,
  options: Pick<Selection, 'target'>,
  name: string,
): Promise<JobRunsResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using accounts = await openAccounts(workspace, scopeOfRun(manifests, options));
  const errors: LandfallError[] = [];
  const job = await byJobId(accounts, name, errors);
  if (job !== undefined) return { kind: 'found', unreachable: [], ...job };
  try {
    const selection = await selectVms(manifests, accounts, [name], scopeOfStages(manifests.desired));
    return { kind: 'found', unreachable: selection.unreachable, ...(await byVm(selection, name)) };
  } catch (error) {
    // The job may be in a target that did not answer.
    throw errors[0] ?? error;
  }
}

/**
 * Reads the runs of a job by its id. This also finds deleted jobs, since the service keeps their runs.
 * @param errors gets those of targets that do not answer
 */
async function byJobId(
  { targets, operations }: Accounts,
  id: string,
  errors: LandfallError[],
): Promise<JobRuns | undefined> {
  for (const { name, provider } of targets) {
    if (serviceOf(provider).isJobId?.(id) !== true) continue;
    try {
      const history = await operations.get(name)?.runs(id);
      if (history !== undefined) return { at: history.at, jobs: [toJobHistory(id, history)] };
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      errors.push(nameTarget(name, error));
    }
  }
  return undefined;
}

async function byVm(selection: VmSelection, name: string): Promise<JobRuns> {
  const { desired, operations, instances, observed, chosen } = selection;
  for (const { target } of chosen) {
    requireFeature(
      operations.get(target) ?? instances.get(target),
      findTarget(desired.targets, target),
      'runs',
    );
  }
  const withJobs = chosen.filter(({ job, past }) => job !== undefined || past.length > 0);
  const noJob = new LandfallError('VM_UNKNOWN', `${JSON.stringify(name)} has no replication job`, {
    remedy: '`landfall status` shows which VMs have one',
  });
  if (withJobs.length === 0) throw noJob;
  const entry = oneOfChosen({ ...selection, chosen: withJobs }, name);
  const [first, ...others] = await readJobHistories(selection, entry);
  if (first === undefined) throw noJob;
  return { at: observed.get(entry.target)?.at ?? 0, vm: entry, jobs: [first, ...others] };
}

/**
 * Reads the runs of all jobs of a VM, one call for each job where the service has runs: of the job that stands for it,
 * then of the deleted ones. On a service that launches instances, reads the launches of its server.
 */
export function readJobHistories(
  selection: Pick<VmSelection, 'operations' | 'instances'>,
  { job, past, target }: Pick<VmEntry, 'job' | 'past' | 'target'>,
): Promise<readonly JobHistory[]> {
  const [operations, instances] = [selection.operations.get(target), selection.instances.get(target)];
  const known = [
    ...(job === undefined ? [] : [{ job, state: job.state }]),
    ...past.map((one) => ({ job: one, state: 'deleted' as const })),
  ];
  return Promise.all(
    known.map(async (one): Promise<JobHistory> => {
      const { id, runs } = one.job;
      const history = await operations?.runs(id);
      if (history !== undefined) return toJobHistory(id, history, one.job);
      const launches = await instances?.launches(one.job.server.serverId);
      return { id, ...one, ...(runs && { runs }), ...(launches && { launches }) };
    }),
  );
}

function toJobHistory(
  id: string,
  { job: latest, isDeleted, runs }: RunHistory,
  listed?: JobHistory['job'],
): JobHistory {
  const job = isDeleted ? listed : (latest ?? listed);
  const state = isDeleted ? 'deleted' : (latest?.state ?? 'unknown');
  return { id, state, runs, ...(job !== undefined && { job }) };
}
