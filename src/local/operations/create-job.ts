import { isOver } from '../simulation/job-state.ts';
import type { JobSettings, Machine } from '../simulation/records.ts';
import { hasHealthyConnector } from '../simulation/world.ts';
import type { Desk } from './desk.ts';
import type { Inputs, SettingsInput } from './inputs.ts';
import { invalid, ServiceError } from './service-error.ts';

export function createReplicationJob(desk: Desk, input: Inputs['CreateReplicationJob']): object {
  const { runOnce = false, seedReplicationTime } = input;
  checkRhythm(runOnce, input.frequency);
  if (input.kmsKeyId !== undefined && input.encrypted !== true) {
    throw invalid('kmsKeyId can be specified only when encrypted is true.');
  }
  const { serverId } = checkServer(desk, input.serverId);
  const seedAt = Math.round(seedReplicationTime * 1000);
  desk.commit({ do: 'create', serverId, seedAt, runOnce, settings: settingsOf(input) });
  return { replicationJobId: desk.world.jobs.at(-1)?.id };
}

function checkRhythm(runOnce: boolean, frequency: number | undefined): void {
  if (runOnce && frequency !== undefined) {
    throw invalid('frequency cannot be specified when runOnce is true.');
  }
  if (!runOnce && frequency === undefined) {
    throw new ServiceError(
      'MissingRequiredParameterException',
      'Either frequency or runOnce must be specified.',
    );
  }
}

/** The server, if a job can be created for it now. */
function checkServer({ world }: Desk, serverId: string): Machine {
  const machine = world.catalog.listed ? world.inventory.get(serverId) : undefined;
  if (machine === undefined) throw invalid(`Server ${serverId} not found in the server catalog.`);
  const { managerId } = machine;
  if (!hasHealthyConnector(world, managerId)) {
    const others =
      world.connectors.length > 0 && !world.connectors.some((one) => one.managerId === managerId);
    throw others
      ? new ServiceError(
          'ServerCannotBeReplicatedException',
          `No connector is associated with the VM manager of server ${serverId}.`,
        )
      : new ServiceError('NoConnectorsAvailableException', 'No healthy connectors are available.');
  }
  const job = world.latestJobs.get(serverId);
  if (job !== undefined && !isOver(job)) {
    throw new ServiceError(
      'ReplicationJobAlreadyExistsException',
      `Replication job ${job.id} already exists for server ${serverId}.`,
    );
  }
  return machine;
}

/** The settings that were given. */
export function settingsOf(input: SettingsInput): JobSettings {
  const { frequency, licenseType, roleName, description, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    input;
  return {
    ...(frequency === undefined ? {} : { frequency }),
    ...(licenseType === undefined ? {} : { licenseType }),
    ...(roleName === undefined ? {} : { roleName }),
    ...(description === undefined ? {} : { description }),
    ...(numberOfRecentAmisToKeep === undefined ? {} : { numberOfRecentAmisToKeep }),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
}
