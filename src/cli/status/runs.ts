import { EXIT, LandfallError } from '../../core/error.ts';
import type { RunHistory } from '../../core/operations.ts';
import { serviceOf } from '../../providers/registry.ts';
import { renderRunsJson, renderRunsText } from '../../report/status/runs.ts';
import { type Accounts, openAccounts } from '../../workflow/accounts.ts';
import { readValidManifests } from '../../workflow/manifests.ts';
import { readRuns, selectVms, type VmSelection } from '../../workflow/runs/vm-selection.ts';
import { scopeOfRun } from '../../workflow/selection.ts';
import { findTarget, requireFeature } from '../../workflow/targets.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';

interface JobRuns {
  readonly id: string;
  readonly history: RunHistory;
}

/** `landfall runs VM|JOB`: all runs of a job, the last scheduled first. */
export async function runs(
  context: Context,
  flags: VmFlags,
  [name = '']: readonly string[],
): Promise<number> {
  const manifests = readValidManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using accounts = await openAccounts(context, scopeOfRun(manifests, flags));
  const { id, history } =
    (await byJobId(accounts, name)) ?? (await oneJob(await selectVms(manifests, accounts, [name]), name));
  const { colors } = context;
  context.print(
    flags.format === 'json' ? renderRunsJson(id, history) : renderRunsText(id, history, { colors }),
  );
  return EXIT.done;
}

/** Reads the runs of a job by its id. This also finds deleted jobs, since the service keeps their runs. */
async function byJobId({ targets, operations }: Accounts, id: string): Promise<JobRuns | undefined> {
  for (const { name, provider } of targets) {
    if (serviceOf(provider).isJobId?.(id) !== true) continue;
    const history = await operations.get(name)?.runs(id);
    if (history !== undefined) return { id, history };
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
  return { id: subject.job.id, history: { job: subject.job, ...history } };
}
