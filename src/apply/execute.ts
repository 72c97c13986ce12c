import type { Settings } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { byKeys } from '../core/lists.ts';
import type {
  AdvanceChange,
  CreateChange,
  ExecutableChange,
  ReplaceChange,
  UpdateChange,
} from '../core/plan.ts';
import type { Provider, StepResult } from '../core/provider.ts';
import { formatInstant } from '../core/time.ts';

/** The changes that are applied one by one. Steps are taken in groups. */
export type SingleChange = Exclude<ExecutableChange, AdvanceChange>;

/** The job after a change; without an id after a delete. */
interface JobAfterChange {
  readonly id?: string;
  readonly alreadyExisted?: true;
}

/**
 * Carries out one change.
 * @throws the provider's errors
 */
export async function executeChange(change: SingleChange, provider: Provider): Promise<JobAfterChange> {
  const { settings, owner } = change;
  switch (change.action) {
    case 'create':
      return create(change, provider);
    case 'update': {
      const removed = removedSettings(change);
      await provider.update({
        id: change.id,
        settings: changedSettings(change),
        ...(removed.length > 0 && { removed }),
        after: settings,
        owner,
        writeMarker: change.fields.some(({ field }) => field === 'owner'),
      });
      return { id: change.id };
    }
    case 'delete':
      await provider.delete(change.id);
      return {};
    case 'replace':
      await provider.delete(change.id);
      return createReplacement(change, provider);
  }
}

async function create(
  { serverId, settings: planned, owner, seed }: CreateChange | ReplaceChange,
  provider: Provider,
): Promise<JobAfterChange> {
  const settings = seed === undefined ? planned : { ...planned, [seed.setting]: formatInstant(seed.at) };
  const job = await provider.create({ serverId, settings, owner });
  return typeof job === 'string' ? { id: job } : job;
}

async function createReplacement(change: ReplaceChange, provider: Provider): Promise<JobAfterChange> {
  try {
    return await create(change, provider);
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    const message = `${change.id} was deleted, but its replacement could not be created: ${error.message}`;
    throw new LandfallError(error.code, message, {
      source: error.source,
      remedy: error.remedy ?? 'run apply again: it creates the job',
      cause: error,
    });
  }
}

/** Returns the settings that an update changes. The field `owner` is the marker, not a setting. */
function changedSettings({ fields }: UpdateChange): Settings {
  return Object.fromEntries(
    fields.flatMap(({ field, after }) => (field === 'owner' || after === undefined ? [] : [[field, after]])),
  );
}

function removedSettings({ fields }: UpdateChange): readonly string[] {
  return fields.flatMap(({ field, before, after }) =>
    field !== 'owner' && before !== undefined && after === undefined ? [field] : [],
  );
}

/**
 * Groups steps for the provider: changes of a wave that take the same step, at most `size` in each group, since the
 * service's job for a call belongs to one wave. Sorted by step and wave.
 */
export function batchSteps(
  changes: readonly AdvanceChange[],
  size: number,
): readonly (readonly [AdvanceChange, ...AdvanceChange[]])[] {
  const batches: [AdvanceChange, ...AdvanceChange[]][] = [];
  for (const change of changes.toSorted(byStepAndWave)) {
    const last = batches.at(-1);
    if (last !== undefined && last.length < size && byStepAndWave(last[0], change) === 0) last.push(change);
    else batches.push([change]);
  }
  return batches;
}

const byStepAndWave = byKeys<AdvanceChange>(
  ({ step }) => step,
  ({ wave }) => wave,
);

type StepOutcome = Pick<StepResult, 'detail'> & { readonly error?: unknown };

/** Takes a step for some jobs in one call. Returns the outcome of each, also if the provider throws. */
export async function executeStep(
  step: string,
  changes: readonly AdvanceChange[],
  provider: Provider,
): Promise<readonly (readonly [AdvanceChange, StepOutcome])[]> {
  const requests = changes.map(({ id, serverId, owner, settings, checks }) => ({
    ...{ id, serverId, owner, settings },
    ...(checks !== undefined && { checks }),
  }));
  let results: ReadonlyMap<string, StepResult>;
  try {
    results = new Map((await provider.takeSteps(step, requests)).map((result) => [result.id, result]));
  } catch (error) {
    return changes.map((change) => [change, { error }]);
  }
  const missing = { error: new Error(`the provider returned no result for ${step}`) };
  return changes.map((change) => [change, results.get(change.id) ?? missing]);
}
