import type { Settings } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Change } from '../core/plan.ts';
import type { Provider } from '../core/provider.ts';

/**
 * Carries out one change.
 * @returns the id of the job that there is now, if there is one
 * @throws whatever the provider throws
 */
export async function carryOut(change: Change, provider: Provider): Promise<string | undefined> {
  const { serverId, settings, owner } = change;
  switch (change.action) {
    case 'create':
      return provider.create({ serverId, settings, owner });
    case 'update':
      await provider.update({
        id: idOf(change),
        settings: changedSettings(change),
        after: settings,
        owner,
        writeMarker: change.fields.some(({ field }) => field === 'owner'),
      });
      return change.id;
    case 'delete':
      await provider.delete(idOf(change));
      return undefined;
    case 'replace':
      await provider.delete(idOf(change));
      return await createAnew(change, provider);
    case 'advance':
    case 'no-op':
    case 'defer':
      return change.id;
  }
}

async function createAnew({ serverId, settings, owner, id }: Change, provider: Provider): Promise<string> {
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
