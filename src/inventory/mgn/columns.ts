/**
 * Columns of MGN's inventory CSV (AWS Application Migration Service user guide, "Import parameters"). To add a column
 * for a field of manifests, add a row to a table below.
 */
export const COLUMN = {
  account: 'mgn:account-id',
  region: 'mgn:region',
  wave: 'mgn:wave:name',
  app: 'mgn:app:name',
  id: 'mgn:server:user-provided-id',
  platform: 'mgn:server:platform',
  fqdn: 'mgn:server:fqdn-for-action-framework',
  licensing: 'mgn:launch:placement:operating-system-licensing',
  transferTags: 'mgn:launch:transfer-server-tags',
} as const;

export const WAVE_TAG = 'mgn:wave:tag:';
const SERVER_TAG = 'mgn:server:tag:';

/** The identifiers of a VM in manifests. */
export const IDENTIFIERS = ['name', 'path', 'vmManagerId', 'vmId', 'vmWareUuid', 'serverId'] as const;

/** Fields without a column in MGN are tags of the server, so that an export can be imported again without a loss. */
export const SERVER_TAGS: Readonly<Record<(typeof IDENTIFIERS)[number] | 'os', string>> = {
  name: `${SERVER_TAG}landfall:name`,
  path: `${SERVER_TAG}landfall:path`,
  vmManagerId: `${SERVER_TAG}landfall:vmManagerId`,
  vmId: `${SERVER_TAG}landfall:vmId`,
  vmWareUuid: `${SERVER_TAG}landfall:vmWareUuid`,
  serverId: `${SERVER_TAG}landfall:serverId`,
  os: `${SERVER_TAG}landfall:os`,
};

/** The values of MGN for licences: licence included, or bring your own. */
export const LICENSING = { AWS: 'LI', BYOL: 'BYOL' } as const;

/** The setting in manifests for `mgn:launch:transfer-server-tags`. */
export const COPY_TAGS = 'mgn.launch.copyTags';

/** The settings in manifests for `mgn:wave:name`: the name, and whether landfall sets it. */
export const WAVE_NAME = 'mgn.waveName';
export const MANAGE_WAVE = 'mgn.manageWave';

/** Longest value of a tag in AWS, in characters. */
export const MAX_TAG_LENGTH = 256;
