import type { ReplicationConfigurationTemplate, SourceServer, VcenterClient } from '@aws-sdk/client-mgn';
import type { MissingSetup } from '../../core/observed.ts';

const init = (target: string): string => `run \`landfall mgn init ${target}\``;

/** An account in which InitializeService was never called. */
export const UNINITIALIZED: MissingSetup = {
  id: 'account.uninitialized',
  describe: (target) => ({
    message: `AWS MGN is not initialised in the region of target "${target}": it knows no servers, and replicates none`,
    remedy: `${init(target)}, which sets it up as the target in the project file says`,
  }),
};

/** What an account lacks before an agentless replication can start in it (domain, MGN: agentless flow, step 1). */
export function lacksOf(
  templates: readonly ReplicationConfigurationTemplate[],
  clients: readonly VcenterClient[],
  servers: readonly SourceServer[],
): readonly MissingSetup[] {
  const lacks: MissingSetup[] = [];
  if (templates.length === 0) {
    lacks.push({
      id: 'account.no-template',
      describe: (target) => ({
        message: `the account of target "${target}" has no replication configuration template: no replication can start`,
        remedy: `${init(target)}, which makes one from the target's \`mgn.replication\` in the project file`,
      }),
    });
  }
  // Servers with an agent of their own need no vCenter client.
  const agentless = servers.length === 0 || servers.some(needsClient);
  if (clients.length === 0 && agentless) {
    lacks.push({
      id: 'account.no-vcenter-client',
      describe: (target) => ({
        message: `the account of target "${target}" has no vCenter client: VMs are not discovered, and do not replicate`,
        remedy:
          'install the AWS MGN vCenter Client in the datacenter, as the guide of AWS MGN says under "agentless replication"',
      }),
    });
  }
  return lacks;
}

function needsClient({ replicationType }: SourceServer): boolean {
  return replicationType === 'SNAPSHOT_SHIPPING';
}
