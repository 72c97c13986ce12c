import type { Settings } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Change } from '../core/plan.ts';
import type { ExistingJob, Provider } from '../core/provider.ts';

/** The job that there is after a change; nothing after a delete. */
interface Job {
  readonly id?: string;
  readonly wasThere?: true;
}

/**
 * Carries out one change.
 * @returns the job that there is now, if there is one
 * @throws whatever the provider throws
 */
export async function carryOut(change: Change, provider: Provider): Promise<Job> {
  const { serverId, settings, owner } = change;
  switch (change.action) {
    case 'create':
      return asJob(await provider.create({ serverId, settings, owner }));
    case 'update':
      await provider.update({
        id: idOf(change),
        settings: changedSettings(change),
        after: settings,
        owner,
        writeMarker: change.fields.some(({ field }) => field === 'owner'),
      });
      return asJob(change.id);
    case 'delete':
      await provider.delete(idOf(change));
      return {};
    case 'replace':
      await provider.delete(idOf(change));
      return asJob(await createAnew(change, provider));
    case 'advance':
    case 'no-op':
    case 'defer':
      return asJob(change.id);
  }
}

function asJob(job: string | ExistingJob | undefined): Job {
  if (job === undefined) return {};
  return typeof job === 'string' ? { id: job } : job;
}

async function createAnew(
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

function idOf({ id, address }: Change): string {
  if (id === undefined) throw new Error(`the plan has no job id for ${address}`);
  return id;
}

/** The settings that an update changes; `owner` is the marker, not a setting. */
function changedSettings({ fields }: Change): Settings {
  return Object.fromEntries(
    fields.flatMap(({ field, after }) => (field === 'owner' || after === undefined ? [] : [[field, after]])),
  );
}
