import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateAppCommand,
  DeleteAppCommand,
  DeleteAppLaunchConfigurationCommand,
  DeleteAppReplicationConfigurationCommand,
  GenerateChangeSetCommand,
  GenerateTemplateCommand,
  GetAppCommand,
  GetAppLaunchConfigurationCommand,
  GetAppReplicationConfigurationCommand,
  GetAppValidationConfigurationCommand,
  GetAppValidationOutputCommand,
  ImportAppCatalogCommand,
  LaunchAppCommand,
  ListAppsCommand,
  NotifyAppValidationOutputCommand,
  PutAppLaunchConfigurationCommand,
  PutAppReplicationConfigurationCommand,
  PutAppValidationConfigurationCommand,
  SMSClient,
  StartAppReplicationCommand,
  StartOnDemandAppReplicationCommand,
  StopAppReplicationCommand,
  TerminateAppCommand,
  UpdateAppCommand,
} from '@aws-sdk/client-sms';
import { describe, expect, it } from '@jest/globals';
import { linuxes } from './jobs.ts';
import { refusal } from './mgn.ts';
import { begin, DAY, HOUR, MINUTE, onCleanup, restart } from './support.ts';
import type { TestEndpoint } from './support.ts';

interface AppTest extends TestEndpoint {
  readonly sms: SMSClient;
  readonly servers: readonly string[];
}

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

async function beginApps(options: Parameters<typeof begin>[0] = {}): Promise<AppTest> {
  const test = await begin(options);
  await test.endpoint.load(linuxes([{ gigabytes: 10 }, { gigabytes: 20 }]));
  const { serverList = [] } = await test.ok('GetServers');
  return { ...withClient(test), servers: serverList.map(({ serverId }) => serverId) };
}

function withClient(test: TestEndpoint): TestEndpoint & { readonly sms: SMSClient } {
  const sms = new SMSClient({
    endpoint: test.endpoint.url,
    region: 'us-west-2',
    credentials,
    maxAttempts: 1,
  });
  onCleanup(() => {
    sms.destroy();
  });
  return { ...test, sms };
}

/** An application with a group for each of two servers. */
async function createApp({
  sms,
  servers: [db = '', web = ''],
}: AppTest): Promise<{ appId: string; groups: string[] }> {
  const { appSummary, serverGroups = [] } = await sms.send(
    new CreateAppCommand({
      name: 'shop',
      tags: [{ key: 'owner', value: 'scrum' }],
      serverGroups: [
        { name: 'db', serverList: [{ serverId: db }] },
        { name: 'web', serverList: [{ serverId: web }] },
      ],
    }),
  );
  return {
    appId: appSummary?.appId ?? '',
    groups: serverGroups.map(({ serverGroupId = '' }) => serverGroupId),
  };
}

const summary = async ({ sms }: { readonly sms: SMSClient }, appId: string) =>
  (await sms.send(new GetAppCommand({ appId }))).appSummary ?? {};

/** The same application, replicating every twelve hours. */
async function replicating(test: AppTest): Promise<string> {
  const { appId, groups } = await createApp(test);
  await test.sms.send(
    new PutAppReplicationConfigurationCommand({
      appId,
      serverGroupReplicationConfigurations: groups.map((serverGroupId, index) => ({
        serverGroupId,
        serverReplicationConfigurations: [
          {
            server: { serverId: test.servers[index] ?? '' },
            serverReplicationParameters: { frequency: 12, licenseType: 'BYOL' },
          },
        ],
      })),
    }),
  );
  await test.sms.send(new StartAppReplicationCommand({ appId }));
  return appId;
}

async function configureLaunch(test: AppTest, appId: string, autoLaunch = false): Promise<void> {
  const { serverGroups = [] } = await test.sms.send(new GetAppCommand({ appId }));
  await test.sms.send(
    new PutAppLaunchConfigurationCommand({
      appId,
      autoLaunch,
      serverGroupLaunchConfigurations: serverGroups.map(({ serverGroupId = '', serverList = [] }, index) => ({
        serverGroupId,
        launchOrder: index,
        serverLaunchConfigurations: serverList.map(({ serverId = '' }) => ({
          server: { serverId },
          logicalId: `Node${index}`,
          instanceType: 'm5.xlarge',
          subnet: 'subnet-0123456789abcdef0',
        })),
      })),
    }),
  );
}

describe('applications of SMS', () => {
  it('S30.1 are created with their servers in groups, listed, updated and deleted', async () => {
    const test = await beginApps();
    const { sms, servers } = test;
    const { appId, groups } = await createApp(test);
    expect([appId, ...groups].join(' ')).toMatch(/^sms-app-[0-9a-f]{8}( sms-sg-[0-9a-f]{8}){2}$/);
    const { appSummary, serverGroups, tags } = await sms.send(new GetAppCommand({ appId }));
    expect(appSummary).toMatchObject({
      ...{ name: 'shop', status: 'ACTIVE', totalServerGroups: 2, totalServers: 2 },
      ...{ replicationStatus: 'READY_FOR_CONFIGURATION', launchStatus: 'READY_FOR_CONFIGURATION' },
      ...{ replicationConfigurationStatus: 'NOT_CONFIGURED', launchConfigurationStatus: 'NOT_CONFIGURED' },
    });
    expect(serverGroups?.[0]).toMatchObject({ name: 'db', serverList: [{ serverId: servers[0] }] });
    expect(serverGroups?.[0]?.serverList?.[0]?.vmServer?.vmName).toMatch(/^vm/);
    expect(tags).toEqual([{ key: 'owner', value: 'scrum' }]);
    const [first = ''] = groups;
    const changed = await sms.send(
      new UpdateAppCommand({
        appId,
        description: 'all in one',
        serverGroups: [
          { serverGroupId: first, serverList: servers.map((serverId) => ({ serverId })) },
          { name: 'new' },
        ],
      }),
    );
    expect(changed.appSummary).toMatchObject({ name: 'shop', description: 'all in one', totalServers: 2 });
    expect(changed.serverGroups?.map(({ serverGroupId }) => serverGroupId)[0]).toBe(first);
    expect(new Set(changed.serverGroups?.map(({ serverGroupId }) => serverGroupId)).size).toBe(2);
    const other = await createApp(test);
    const page = await sms.send(new ListAppsCommand({ maxResults: 1 }));
    expect(page.apps?.map((app) => app.appId)).toEqual([appId]);
    const { apps = [] } = await sms.send(
      new ListAppsCommand({ ...(page.nextToken && { nextToken: page.nextToken }), maxResults: 1 }),
    );
    expect(apps.map((app) => app.appId)).toEqual([other.appId]);
    await sms.send(new DeleteAppCommand({ appId }));
    expect(await refusal(sms.send(new GetAppCommand({ appId })))).toBe('InvalidParameterException');
    expect(await refusal(sms.send(new GetAppCommand({})))).toBe('MissingRequiredParameterException');
  });

  it('S30.1 of the same client token are the same application', async () => {
    const { sms } = await beginApps();
    const create = async () =>
      (await sms.send(new CreateAppCommand({ clientToken: 'one' }))).appSummary?.appId;
    expect(await create()).toBe(await create());
  });

  it('S30.2 take servers of the catalogue, each once', async () => {
    const {
      sms,
      servers: [serverId = ''],
    } = await beginApps();
    const create = async (...serverList: object[]) =>
      refusal(sms.send(new CreateAppCommand({ serverGroups: [{ serverList }] })));
    expect(await create({ serverId: 's-00000000' })).toBe('InvalidParameterException');
    expect(await create({ serverId }, { serverId })).toBe('InvalidParameterException');
    expect(await create({ vmServer: { vmServerAddress: { vmManagerId: 'A', vmId: 'vm-1' } } })).toBe(
      'accepted',
    );
  });

  it('S30.3 keep configurations for replication, launch and validation until they are deleted', async () => {
    const test = await beginApps();
    const { sms, servers } = test;
    const appId = await replicating(test);
    const { serverGroupReplicationConfigurations: [group] = [] } = await sms.send(
      new GetAppReplicationConfigurationCommand({ appId }),
    );
    expect(group?.serverReplicationConfigurations?.[0]).toMatchObject({
      server: { serverId: servers[0], vmServer: { vmServerAddress: { vmManagerId: 'A' } } },
      serverReplicationParameters: { frequency: 12, licenseType: 'BYOL' },
    });
    expect(await refusal(sms.send(new DeleteAppReplicationConfigurationCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    await configureLaunch(test, appId);
    const launch = await sms.send(new GetAppLaunchConfigurationCommand({ appId }));
    expect(launch).toMatchObject({
      appId,
      autoLaunch: false,
      serverGroupLaunchConfigurations: [{ launchOrder: 0 }, {}],
    });
    expect((await summary(test, appId)).launchStatus).toBe('READY_FOR_LAUNCH');
    await sms.send(new DeleteAppLaunchConfigurationCommand({ appId }));
    expect((await summary(test, appId)).launchConfigurationStatus).toBe('NOT_CONFIGURED');
    const wrong = [{ serverGroupId: 'sms-sg-00000000' }];
    expect(
      await refusal(
        sms.send(new PutAppLaunchConfigurationCommand({ appId, serverGroupLaunchConfigurations: wrong })),
      ),
    ).toBe('InvalidParameterException');
  });

  it('S30.4 replicate by a job for each server, and report them together', async () => {
    const test = await beginApps();
    const appId = await replicating(test);
    const status = async () => (await summary(test, appId)).replicationStatus;
    expect((await test.ok('GetReplicationJobs')).replicationJobList).toMatchObject(
      test.servers.map((serverId) => ({ serverId, frequency: 12, licenseType: 'BYOL' })),
    );
    const seen: (string | undefined)[] = [];
    for (let minutes = 0; minutes < 16 * 60; minutes += 10) {
      const now = await status();
      if (seen.at(-1) !== now) seen.push(now);
      test.advance(10 * MINUTE);
    }
    expect(seen).toEqual([
      'REPLICATION_IN_PROGRESS',
      'REPLICATED',
      'DELTA_REPLICATION_IN_PROGRESS',
      'DELTA_REPLICATED',
    ]);
    expect(await refusal(test.sms.send(new StartAppReplicationCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    await test.sms.send(new StartOnDemandAppReplicationCommand({ appId, description: 'last' }));
    expect(await status()).toBe('DELTA_REPLICATION_IN_PROGRESS');
    test.endpoint.setFaults({ failures: [{ server: '*', stage: 'Uploading' }] });
    test.advance(14 * HOUR);
    expect(await status()).toBe('DELTA_REPLICATION_FAILED');
    await test.sms.send(new StopAppReplicationCommand({ appId }));
    expect(await status()).toBe('REPLICATION_STOPPING');
    test.advance(MINUTE);
    expect(await status()).toBe('REPLICATION_STOPPED');
    expect(await refusal(test.sms.send(new StopAppReplicationCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    const again = withClient(await restart(test));
    await again.sms.send(new StartAppReplicationCommand({ appId }));
    expect((await again.ok('GetReplicationJobs')).replicationJobList).toHaveLength(4);
  });

  it('S30.4 cannot start without a configuration, or with a server that replicates already', async () => {
    const test = await beginApps();
    const { appId } = await createApp(test);
    expect(await refusal(test.sms.send(new StartAppReplicationCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    await test.create({ serverId: test.servers[0] });
    expect(await refusal(replicating(test))).toBe('OperationNotPermittedException');
    expect((await test.ok('GetReplicationJobs')).replicationJobList).toHaveLength(1);
  });

  it('S30.5 are launched as a stack, group by group, once all servers have been replicated', async () => {
    const test = await beginApps();
    const appId = await replicating(test);
    const ec2 = new EC2Client({ endpoint: test.endpoint.url, region: 'us-west-2', credentials });
    onCleanup(() => {
      ec2.destroy();
    });
    const instances = async () =>
      ((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? []).flatMap(
        ({ Instances = [] }) => Instances,
      );
    await configureLaunch(test, appId);
    const launch = () => test.sms.send(new LaunchAppCommand({ appId }));
    expect(await refusal(launch())).toBe('OperationNotPermittedException');
    test.advance(6 * HOUR);
    await launch();
    const status = async () => (await summary(test, appId)).launchStatus;
    expect(await status()).toBe('LAUNCH_PENDING');
    test.advance(6 * MINUTE);
    expect([await status(), (await instances()).length]).toEqual(['LAUNCH_IN_PROGRESS', 1]);
    expect(await refusal(launch())).toBe('OperationNotPermittedException');
    test.advance(6 * MINUTE);
    const { launchStatus, launchDetails } = await summary(test, appId);
    expect(launchStatus).toBe('LAUNCHED');
    expect(launchDetails?.stackId).toMatch(/^arn:aws:cloudformation:us-west-2:\d{12}:stack\/sms-app-/);
    expect(await instances()).toMatchObject([
      { InstanceType: 'm5.xlarge', SubnetId: 'subnet-0123456789abcdef0' },
      { Tags: expect.arrayContaining([{ Key: 'owner', Value: 'scrum' }]) as unknown },
    ]);
    expect(await refusal(test.sms.send(new DeleteAppCommand({ appId, forceStopAppReplication: true })))).toBe(
      'OperationNotPermittedException',
    );
    await test.sms.send(new TerminateAppCommand({ appId }));
    expect(await status()).toBe('TERMINATE_IN_PROGRESS');
    test.advance(2 * MINUTE);
    expect([await status(), await instances()]).toEqual(['TERMINATED', []]);
    expect(await refusal(test.sms.send(new DeleteAppCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    await test.sms.send(new DeleteAppCommand({ appId, forceStopAppReplication: true }));
    test.advance(MINUTE);
    const { replicationJobList = [] } = await test.ok('GetReplicationJobs');
    expect(replicationJobList.map(({ state }) => state)).toEqual(['DELETED', 'DELETED']);
  });

  it('S30.5 launch by themselves with autoLaunch, also over a long step of time', async () => {
    const test = await beginApps();
    const appId = await replicating(test);
    await configureLaunch(test, appId, true);
    test.advance(DAY);
    expect((await summary(test, appId)).launchStatus).toBe('LAUNCHED');
  });

  it('S30.6 have a template and a change set in a bucket', async () => {
    const test = await beginApps();
    const appId = await replicating(test);
    await configureLaunch(test, appId);
    expect(await refusal(test.sms.send(new GenerateTemplateCommand({ appId })))).toBe(
      'OperationNotPermittedException',
    );
    test.advance(6 * HOUR);
    const s3 = new S3Client({ endpoint: test.endpoint.url, region: 'us-west-2', credentials });
    onCleanup(() => {
      s3.destroy();
    });
    const contentOf = async ({ bucket: Bucket, key: Key }: { bucket?: string; key?: string } = {}) =>
      JSON.parse(
        (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '',
      ) as object;
    const template = await test.sms.send(new GenerateTemplateCommand({ appId, templateFormat: 'YAML' }));
    expect(template.s3Location).toMatchObject({ bucket: appId });
    expect(await contentOf(template.s3Location)).toMatchObject({
      Resources: {
        Node0: {
          Type: 'AWS::EC2::Instance',
          Properties: { ImageId: expect.stringMatching(/^ami-/) as unknown },
        },
        Node1: { DependsOn: ['Node0'] },
      },
    });
    const changes = await test.sms.send(new GenerateChangeSetCommand({ appId }));
    expect(await contentOf(changes.s3Location)).toHaveLength(2);
  });

  it('S30.7 have validations that succeed after the launch, unless a client says otherwise', async () => {
    const test = await beginApps();
    const { sms } = test;
    const appId = await replicating(test);
    await configureLaunch(test, appId);
    await sms.send(
      new PutAppValidationConfigurationCommand({
        appId,
        appValidationConfigurations: [{ name: 'ping' }, { name: 'load' }],
      }),
    );
    const { appValidationConfigurations = [] } = await sms.send(
      new GetAppValidationConfigurationCommand({ appId }),
    );
    const [ping = '', load] = appValidationConfigurations.map(({ validationId = '' }) => validationId);
    expect([ping, load]).toEqual([expect.stringMatching(/^val-/), expect.stringMatching(/^val-/)]);
    const states = async () =>
      (await sms.send(new GetAppValidationOutputCommand({ appId }))).validationOutputList?.map(
        ({ status }) => status,
      );
    expect(await states()).toEqual(['READY_FOR_VALIDATION', 'READY_FOR_VALIDATION']);
    test.advance(6 * HOUR);
    await sms.send(new LaunchAppCommand({ appId }));
    expect(await states()).toEqual(['PENDING', 'PENDING']);
    test.advance(11 * MINUTE);
    expect(await states()).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
    const notificationContext = { validationId: ping, status: 'FAILED', statusMessage: 'no answer' } as const;
    await sms.send(new NotifyAppValidationOutputCommand({ appId, notificationContext }));
    test.advance(MINUTE * 3);
    expect(await states()).toEqual(['FAILED', 'SUCCEEDED']);
    const unknown = { validationId: 'val-0', status: 'FAILED' } as const;
    expect(
      await refusal(sms.send(new NotifyAppValidationOutputCommand({ appId, notificationContext: unknown }))),
    ).toBe('InvalidParameterException');
  });

  it('S30.8 are not imported from Migration Hub, which has none', async () => {
    const { sms } = await beginApps();
    await sms.send(new ImportAppCatalogCommand({}));
    expect((await sms.send(new ListAppsCommand({}))).apps).toEqual([]);
  });
});
