import {
  CreateReplicationConfigurationTemplateCommand,
  DescribeJobsCommand,
  DescribeSourceServersCommand,
  InitializeServiceCommand,
  MgnClient,
  paginateDescribeSourceServers,
  StartReplicationCommand,
  StartTestCommand,
} from '@aws-sdk/client-mgn';
import type {
  CreateReplicationConfigurationTemplateCommandInput,
  DescribeSourceServersRequestFilters,
  Job,
  SourceServer,
} from '@aws-sdk/client-mgn';
import { begin, DAY, MINUTE, onCleanup, raw } from './support.ts';
import type { Answer, TestEndpoint } from './support.ts';

/** What the SDK demands of a replication configuration template. */
export const TEMPLATE: CreateReplicationConfigurationTemplateCommandInput = {
  stagingAreaSubnetId: 'subnet-0123456789abcdef0',
  associateDefaultSecurityGroup: true,
  replicationServersSecurityGroupsIDs: ['sg-0123456789abcdef0'],
  replicationServerInstanceType: 't3.small',
  useDedicatedReplicationServer: false,
  defaultLargeStagingDiskType: 'GP3',
  ebsEncryption: 'DEFAULT',
  bandwidthThrottling: 0,
  dataPlaneRouting: 'PRIVATE_IP',
  createPublicIP: false,
  stagingAreaTags: {},
};

/** The founding document's VM as MGN names it. */
export const LINUX = 'awsscrum-lnx1';
export const WINDOWS = 'awsscrum-win1';
export const KEY = 'arn:aws:kms:us-west-2:000000000000:key/0d3f5b9e-0000-4000-8000-000000000001';

export function mgnClient(url: string, maxAttempts = 1, region = 'us-west-2'): MgnClient {
  const client = new MgnClient({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts,
  });
  onCleanup(() => {
    client.destroy();
  });
  return client;
}

export interface MgnTest extends TestEndpoint {
  readonly client: MgnClient;
  /** The server of the VM with that name. */
  readonly server: (name: string) => Promise<SourceServer>;
  readonly id: (name: string) => Promise<string>;
  /** A call that no SDK would make; resolves to the answer whatever it is. */
  readonly post: (operation: string, body?: unknown, more?: Partial<RawCall>) => Promise<MgnAnswer>;
  readonly jobs: () => Promise<readonly Job[]>;
}

interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** The body as it is. */
  readonly text: string | Uint8Array;
}

interface MgnAnswer extends Omit<Answer, 'body'> {
  readonly body: {
    readonly message?: string;
    readonly reason?: string;
    readonly fieldList?: readonly { readonly name: string; readonly message: string }[];
    readonly items?: readonly object[];
    readonly nextToken?: string;
  };
}

/** Headers of a signed request, as the endpoint checks them. */
export const signedForMgn = (service = 'mgn'): Record<string, string> => ({
  'content-type': 'application/json',
  'x-amz-date': '20181107T174800Z',
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20181107/us-west-2/${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=${'0'.repeat(64)}`,
});

export function talkToMgn(test: TestEndpoint): MgnTest {
  const { endpoint } = test;
  const client = mgnClient(endpoint.url);
  const server = async (name: string) => {
    const found = (await servers(client)).find(
      ({ sourceProperties }) => sourceProperties?.identificationHints?.hostname === name,
    );
    if (found === undefined) throw new Error(`no source server ${name}`);
    return found;
  };
  return {
    ...test,
    client,
    server,
    id: async (name) => (await server(name)).sourceServerID ?? '',
    post: async (operation, body = {}, { method = 'POST', path = `/${operation}`, headers, text } = {}) => {
      const answer = await raw(endpoint.url, {
        method,
        path,
        headers: headers ?? signedForMgn(),
        ...(method === 'POST' ? { body: text ?? JSON.stringify(body) } : {}),
      });
      return answer;
    },
    jobs: async () => (await client.send(new DescribeJobsCommand({}))).items ?? [],
  };
}

/** All source servers, or those that fit. */
export async function servers(
  client: MgnClient,
  filters?: DescribeSourceServersRequestFilters,
): Promise<SourceServer[]> {
  const found: SourceServer[] = [];
  const input = filters === undefined ? {} : { filters };
  for await (const { items = [] } of paginateDescribeSourceServers({ client, pageSize: 200 }, input)) {
    found.push(...items);
  }
  return found;
}

export async function serverById(client: MgnClient, id: string): Promise<SourceServer> {
  const filters = { sourceServerIDs: [id] };
  const { items = [] } = await client.send(new DescribeSourceServersCommand({ filters }));
  const [server] = items;
  if (server === undefined) throw new Error(`no source server ${id}`);
  return server;
}

export type MgnOptions = Parameters<typeof begin>[0] & {
  /** The VMs as CSV; absent: the built-in inventory. */
  readonly inventory?: string;
};

/** An endpoint with MGN initialised and a replication configuration template. */
export async function beginMgn(options: MgnOptions = {}): Promise<MgnTest> {
  const test = talkToMgn(await begin(options));
  if (options.inventory !== undefined) await test.endpoint.load(options.inventory);
  await test.client.send(new InitializeServiceCommand({}));
  await test.client.send(new CreateReplicationConfigurationTemplateCommand(TEMPLATE));
  return test;
}

/** Starts the replication of these VMs and lets it come as far as a launch needs. */
export async function readyForTest(test: MgnTest, ...names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const sourceServerID = await test.id(name);
    await test.client.send(new StartReplicationCommand({ sourceServerID }));
    ids.push(sourceServerID);
  }
  test.advance(DAY);
  return ids;
}

/** The same, with a test instance launched. */
export async function tested(test: MgnTest, ...names: readonly string[]): Promise<string[]> {
  const sourceServerIDs = await readyForTest(test, ...names);
  await test.client.send(new StartTestCommand({ sourceServerIDs }));
  test.advance(30 * MINUTE);
  return sourceServerIDs;
}

/** The name of the error that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (error: unknown) => (error as Error).name,
  );
}
