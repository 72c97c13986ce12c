// The services that the same tests run against: how a manifest speaks of each, and how to look at its endpoint.
import { expect } from '@jest/globals';
import { ask, askMgn, livingJobs } from './jobs-of.ts';
import type { ScratchProject } from './scratch-project.ts';

/** What there is for a VM at an endpoint, in words that hold for every service. */
export interface ThereJob {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  /** The marker: `project/wave`; absent: nobody's. */
  readonly owner?: string;
  /** As `vm()` takes it; of a job that no test here has made, anything. */
  readonly kind: string;
}

/** Settings of a VM that differ in the field, and those that take another way to change. */
export type Kind = 12 | 24 | 6 | 1 | 'other';

/** What others leave on what they replicate. */
export type Mark = 'nothing' | 'their words' | 'the marker of another project' | 'half of our marker';

export interface Service {
  readonly name: 'sms' | 'mgn';
  /** The project file; `more` are keys of the target, each after a comma. */
  readonly project: (more?: string) => string;
  /** A wave file whose VMs have kind 12 unless they say otherwise. */
  readonly wave: (name: string, vms: readonly string[], spec?: readonly string[]) => string;
  /** A VM of a wave file. */
  readonly vm: (name: string, kind?: Kind) => string;
  /** The setting that kinds differ in, by its name in a plan. */
  readonly field: string;
  /** What a change to or from kind `other` is: the job is recreated, or its field changes in place. */
  readonly replaces: boolean;
  /** The call that starts a job. */
  readonly create: string;
  /** A job that is deleted goes on as nobody's, and is there to be adopted. */
  readonly releases: boolean;
  /** About how many calls a deed takes. */
  readonly calls: Readonly<Record<string, number>>;
  /** The shape of a job's id. */
  readonly id: RegExp;
  /** Makes the account ready for jobs. */
  ready(world: ScratchProject): Promise<void>;
  /** All jobs at an endpoint, ours or not. */
  jobs(url: string): Promise<readonly ThereJob[]>;
  /** Replicates a VM past landfall, with that on it. */
  replicate(url: string, world: ScratchProject, name: string, mark: Mark): Promise<void>;
}

const projectOf = (provider: string, more: string): string => `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: local
targets:
  local: { provider: ${provider}, region: us-west-2, endpoint: local${more} }
`;

const waveOf = (name: string, defaults: string, vms: readonly string[], spec: readonly string[]): string =>
  [
    'apiVersion: landfall/v1',
    'kind: Wave',
    `metadata: { name: ${name} }`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
    `  defaults: ${defaults}`,
    '  vms:',
    ...vms.map((vm) => `    - ${vm}`),
    '',
  ].join('\n');

const SMS: Service = {
  name: 'sms',
  project: (more = '') => projectOf('sms', more),
  wave: (name, vms, spec = []) => waveOf(name, '{ frequency: 12 }', vms, spec),
  vm: (name, kind) =>
    kind === undefined
      ? `{ name: ${name} }`
      : `{ name: ${name}, ${kind === 'other' ? 'runOnce: true' : `frequency: ${kind}`} }`,
  field: 'frequency',
  replaces: true,
  create: 'CreateReplicationJob',
  releases: false,
  calls: { create: 1, update: 1, delete: 1 },
  id: /^sms-job-[0-9a-f]{8}$/,
  ready: () => Promise.resolve(),
  async jobs(url) {
    return (await livingJobs(url)).map(({ replicationJobId, serverId, vmServer, ...job }) => {
      const owner = /\[landfall:([^\]]+)\]$/.exec(job.description ?? '')?.[1];
      return {
        id: replicationJobId,
        serverId,
        name: vmServer?.vmName ?? '',
        kind: job.runOnce === true ? 'other' : String(job.frequency ?? 'none'),
        ...(owner !== undefined && { owner }),
      };
    });
  },
  async replicate(url, world, name, mark) {
    const description = {
      nothing: undefined,
      'their words': 'by hand',
      'the marker of another project': '[landfall:other/a]',
      'half of our marker': '[landfall:ucop/a] and more',
    }[mark];
    const { serverList } = await ask<{
      serverList: { serverId: string; vmServer: { vmName: string } }[];
    }>(url, 'GetServers', { maxResults: 1000 });
    await ask(url, 'CreateReplicationJob', {
      serverId: serverList.find(({ vmServer }) => vmServer.vmName === name)?.serverId,
      frequency: 6,
      seedReplicationTime: world.now / 1000,
      ...(description !== undefined && { description }),
    });
  },
};

const STAGING = ', mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }';
const throttled = (megabits: number): string => `mgn: { replication: { bandwidthThrottling: ${megabits} } }`;

interface SourceServer {
  readonly sourceServerID: string;
  readonly applicationID?: string;
  readonly lifeCycle: { readonly state: string };
  readonly sourceProperties: { readonly identificationHints: { readonly hostname: string } };
  readonly tags: Readonly<Record<string, string>>;
  readonly arn: string;
}

/** The source servers of an endpoint with which something has been done. */
async function sourceServers(url: string): Promise<readonly SourceServer[]> {
  const items: SourceServer[] = [];
  let nextToken: string | undefined;
  do {
    const page: { items: readonly SourceServer[]; nextToken?: string } = await askMgn(
      url,
      'DescribeSourceServers',
      { filters: {}, maxResults: 1000, ...(nextToken !== undefined && { nextToken }) },
    );
    items.push(...page.items);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return items;
}

const MGN: Service = {
  name: 'mgn',
  project: (more = '') => projectOf('mgn', `${STAGING}${more}`),
  wave: (name, vms, spec = []) => waveOf(name, `{ ${throttled(12)} }`, vms, spec),
  vm: (name, kind) =>
    kind === undefined
      ? `{ name: ${name} }`
      : `{ name: ${name}, ${kind === 'other' ? 'app: another' : throttled(kind)} }`,
  field: 'mgn.replication.bandwidthThrottling',
  replaces: false,
  create: 'StartReplication',
  releases: true,
  // Tags, settings, application and start.
  calls: { create: 5, update: 2, delete: 2 },
  id: /^s-[0-9a-f]{17}$/,
  async ready(world) {
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({ code: 0 });
  },
  async jobs(url) {
    const servers = await sourceServers(url);
    const { items: applications } = await askMgn<{ items: { applicationID: string; name: string }[] }>(
      url,
      'ListApplications',
      { maxResults: 1000 },
    );
    const living = servers.filter(({ lifeCycle }) => lifeCycle.state !== 'DISCOVERED');
    return Promise.all(
      living.map(async ({ sourceServerID: id, applicationID, sourceProperties, tags }) => {
        const { bandwidthThrottling } = await askMgn<{ bandwidthThrottling: number }>(
          url,
          'GetReplicationConfiguration',
          { sourceServerID: id },
        );
        const app = applications.find((one) => one.applicationID === applicationID)?.name;
        const project = tags['landfall:project'];
        return {
          id,
          serverId: id,
          name: sourceProperties.identificationHints.hostname,
          kind: app === 'another' ? 'other' : String(bandwidthThrottling),
          ...(project !== undefined && { owner: `${project}/${tags['landfall:wave'] ?? ''}` }),
        };
      }),
    );
  },
  async replicate(url, _world, name, mark) {
    const tags = {
      nothing: undefined,
      'their words': { Owner: 'by hand' },
      'the marker of another project': { 'landfall:project': 'other', 'landfall:wave': 'a' },
      'half of our marker': { 'landfall:wave': 'a' },
    }[mark];
    const servers = await sourceServers(url);
    const { sourceServerID, arn = '' } =
      servers.find(({ sourceProperties }) => sourceProperties.identificationHints.hostname === name) ?? {};
    if (tags !== undefined) await askMgn(url, `tags/${encodeURIComponent(arn)}`, { tags });
    await askMgn(url, 'StartReplication', { sourceServerID });
  },
};

export const SERVICES = [SMS, MGN] as const satisfies readonly Service[];

/** The services with their names, for `describe.each`. */
export const BY_NAME = SERVICES.map((service) => [service.name, service] as const);
