import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { RunHistory } from '../../core/operations.ts';
import { serviceOf } from '../../providers/registry.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import { scopeOfRun, type Selection } from '../selection.ts';
import { findTarget, requireFeature } from '../targets.ts';
import { readRuns, selectVms, type VmSelection } from './vm-selection.ts';

interface JobRuns {
  readonly kind: 'found';
  /** The id of the job. */
  readonly id: string;
  readonly history: RunHistory;
}

/**
 * Reads all runs of a job, the last scheduled first.
 * @param name a VM, by name or `wave/name`, or the id of a job, which may be deleted
 * @throws LandfallError VM_UNKNOWN, VM_AMBIGUOUS, TARGET_UNKNOWN or NOT_SUPPORTED
 */
export async function jobRuns(
  workspace: Workspace,
  options: Pick<Selection, 'target'>,
  name: string,
): Promise<InvalidManifests | JobRuns> {
  const manifests = readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using accounts = await openAccounts(workspace, scopeOfRun(manifests, options));
  return (
    (await byJobId(accounts, name)) ?? (await oneJob(await selectVms(manifests, accounts, [name]), name))
  );
}

/** Reads the runs of a job by its id. This also finds deleted jobs, since the service keeps their runs. */
async function byJobId({ targets, operations }: Accounts, id: string): Promise<JobRuns | undefined> {
  for (const { name, provider } of targets) {
    if (serviceOf(provider).isJobId?.(id) !== true) continue;
    const history = await operations.get(name)?.runs(id);
    if (history !== undefined) return { kind: 'found', id, history };
  }
  return undefined;
}

async function oneJob({ desired, operations, chosen }: VmSelection, name: string): Promise<JobRuns> {
  const withJob = chosen.filter(({ job }) => job !== undefined);
  for (const { target } of chosen) {
    requireFeature(operations.get(target), findTarget(desired.targets, target), 'runs');
  }
  const [subject, ...more] = withJob;
  if (more.length > 0) {
    const addresses = withJob.slice(0, 3).map(({ address }) => address);
    throw new LandfallError(
      'VM_AMBIGUOUS',
      `${JSON.stringify(name)} fits ${withJob.length} jobs, of ${addresses.join(', ')}${withJob.length > 3 ? ' and others' : ''}`,
      { remedy: 'give the address of one VM, or the id of its job' },
    );
  }
  const [sighting] = await readRuns(operations, subject === undefined ? [] : [subject]);
  const { history } = sighting ?? {};
  if (subject?.job === undefined || history === undefined) {
    throw new LandfallError('VM_UNKNOWN', `${JSON.stringify(name)} has no replication job`, {
      remedy: '`landfall status` shows which VMs have one',
    });
  }
  return { kind: 'found', id: subject.job.id, history: { job: subject.job, ...history } };
}
