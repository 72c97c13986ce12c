import type { CreateReplicationJobCommandInput } from '@aws-sdk/client-sms';
import type { CreateRequest } from '../../core/provider.ts';
import type { Instant } from '../../core/time.ts';
import { writeDescription } from './marker.ts';
import { pickSettings } from './pick-settings.ts';

/**
 * What CreateReplicationJob is sent. A job without a seed time starts now, by the service's own time in whole
 * seconds; the time of the next run is for updates, once there has been a first one.
 */
export function createInput(
  { serverId, settings, owner }: CreateRequest,
  now: Instant,
): CreateReplicationJobCommandInput {
  const { seedReplicationTime: seed, description = '' } = settings;
  return {
    serverId,
    ...pickSettings(settings),
    description: writeDescription(String(description), owner),
    seedReplicationTime: seed === undefined ? new Date(now - (now % 1000)) : new Date(String(seed)),
  };
}
