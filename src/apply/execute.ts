import type { Settings } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { byKeys } from '../core/lists.ts';
import type { Change } from '../core/plan.ts';
import type { ExistingJob, Provider, StepResult } from '../core/provider.ts';

/** The job that there is after a change; nothing after a delete. */
interface JobAfterChange {
  readonly id?: string;
  readonly alreadyExisted?: true;
}

/**
 * Carries out one change.
 * @returns the job that there is now, if there is one
 * @throws whatever the provider throws
 */
export async function executeChange(change: Change, provider: Provider): Promise<JobAfterChange> {
  const { serverId, settings, owner } = change;
  switch (change.action) {
    case 'create':
      return asJob(await provider.create({ serverId, settings, owner }));
    case 'update':
      await provider.update({
        id: jobIdOf(change),
        settings: changedSettings(change),
        after: settings,
        owner,
        writeMarker: change.fields.some(({ field }) => field === 'owner'),
      });
      return asJob(change.id);
    case 'delete':
      await provider.delete(jobIdOf(change));
      return {};
    case 'replace':
      await provider.delete(jobIdOf(change));
      return asJob(await createReplacement(change, provider));
    case 'advance':
    case 'no-op':
    case 'defer':
      return asJob(change.id);
  }
}

function asJob(job: string | ExistingJob | undefined): JobAfterChange {
  if (job === undefined) return {};
  return typeof job === 'string' ? { id: job } : job;
}

async function createReplacement(
  { serverId, settings, owner, id }: Change,
  provider: Provider,
): Promise<string | ExistingJob> {
  try {
    return await provider.create({ serverId, settings, owner });
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    const message = `${id ?? 'the old job'} is deleted, and its replacement could not be created: ${error.message}`;
    throw new LandfallError(error.code, message, {
      source: error.source,
      remedy: error.remedy ?? 'run apply again: it will create the job',
      cause: error,
    });
  }
}

function jobIdOf({ id, address }: Change): string {
  if (id === undefined) throw new Error(`the plan has no job id for ${address}`);
  return id;
}

/** The settings that an update changes; `owner` is the marker, not a setting. */
function changedSettings({ fields }: Change): Settings {
  return Object.fromEntries(
    fields.flatMap(({ field, after }) => (field === 'owner' || after === undefined ? [] : [[field, after]])),
  );
}

/**
 * Changes of a wave that take the same step, as many together as one call takes: what the service makes of a call
 * belongs to one wave. In the order of steps' and waves' names.
 */
export function batchSteps(changes: readonly Change[], size: number): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  for (const change of changes.filter(({ action }) => action === 'advance').toSorted(byStepAndWave)) {
    const last = batches.at(-1);
    const [first] = last ?? [];
    if (
      last === undefined ||
      last.length >= size ||
      first === undefined ||
      byStepAndWave(first, change) !== 0
    ) {
      batches.push([change]);
    } else {
      last.push(change);
    }
  }
  return batches;
}

const byStepAndWave = byKeys<Change>(
  ({ step = '' }) => step,
  ({ wave }) => wave,
);

type StepOutcome = Pick<StepResult, 'detail'> & { readonly error?: unknown };

/** Takes a step with some jobs: what became of each, also where the provider tells of none. */
export async function executeStep(
  step: string,
  changes: readonly Change[],
  provider: Provider,
): Promise<readonly (readonly [Change, StepOutcome])[]> {
  const requests = changes.map(({ id = '', serverId, owner, settings }) => ({
    id,
    serverId,
    owner,
    settings,
  }));
  let results: ReadonlyMap<string, { readonly detail?: string; readonly error?: LandfallError }>;
  try {
    results = new Map((await provider.advance(step, requests)).map((result) => [result.id, result]));
  } catch (error) {
    return changes.map((change) => [change, { error }]);
  }
  return changes.map((change) => {
    const taken = results.get(change.id ?? '');
    return [change, taken ?? { error: new Error(`the provider does not say what became of ${step}`) }];
  });
}
