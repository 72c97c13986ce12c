import type { UpdateReplicationJobCommandInput } from '@aws-sdk/client-sms';
import type { UpdateRequest } from '../../core/provider.ts';
import { writeDescription } from './marker.ts';
import { pickSettings } from './pick-settings.ts';

/**
 * What UpdateReplicationJob is sent: what changes, and what the service wants beside it. The marker stands in the
 * description, so either of them takes the other along; a key means nothing without `encrypted`, nor after it.
 */
export function updateInput(request: UpdateRequest): UpdateReplicationJobCommandInput {
  const { id, settings, after, owner, writeMarker = false } = request;
  const next = settings['nextReplicationRunStartTime'];
  const encryption = 'encrypted' in settings || 'kmsKeyId' in settings ? encryptionOf(request) : {};
  return {
    replicationJobId: id,
    ...pickSettings({ ...settings, ...encryption }),
    ...(next !== undefined && { nextReplicationRunStartTime: new Date(String(next)) }),
    ...((writeMarker || 'description' in settings) && {
      description: writeDescription(String(after['description'] ?? ''), owner),
    }),
  };
}

function encryptionOf({ after: { encrypted, kmsKeyId } }: UpdateRequest) {
  if (encrypted !== true) return { encrypted: false };
  return { encrypted, ...(kmsKeyId !== undefined && { kmsKeyId }) };
}
