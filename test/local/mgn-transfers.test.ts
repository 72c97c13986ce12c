import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ListApplicationsCommand,
  ListExportErrorsCommand,
  ListExportsCommand,
  ListImportErrorsCommand,
  ListImportsCommand,
  ListWavesCommand,
  MarkAsArchivedCommand,
  StartExportCommand,
  StartImportCommand,
  DisconnectFromServiceCommand,
} from '@aws-sdk/client-mgn';
import type { ImportTask } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { linuxes } from './jobs.ts';
import { beginMgn, refusal, readyForTest, servers, signedForMgn, talkToMgn } from './mgn.ts';
import type { MgnOptions, MgnTest } from './mgn.ts';
import { MINUTE, onCleanup, raw, restart, SECOND } from './support.ts';

const s3Bucket = 'inventory';

interface S3Test extends MgnTest {
  readonly s3: S3Client;
}

const withS3 = (test: MgnTest): S3Test => {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  const s3 = new S3Client({
    endpoint: test.endpoint.url,
    region: 'us-west-2',
    credentials,
    forcePathStyle: true,
  });
  onCleanup(() => {
    s3.destroy();
  });
  return { ...test, s3 };
};

async function beginWithBucket(options: MgnOptions = {}): Promise<S3Test> {
  const test = withS3(await beginMgn({ inventory: linuxes([{}, {}]), ...options }));
  await test.s3.send(new CreateBucketCommand({ Bucket: s3Bucket }));
  return test;
}

const put = async ({ s3 }: S3Test, Body: string, Key = 'in.csv') =>
  s3.send(new PutObjectCommand({ Bucket: s3Bucket, Key, Body }));

const textOf = async ({ s3 }: S3Test, Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: s3Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
};

const start = async ({ client }: S3Test, s3Key = 'in.csv', clientToken?: string) => {
  const input = {
    s3BucketSource: { s3Bucket, s3Key },
    ...(clientToken === undefined ? {} : { clientToken }),
  };
  return (await client.send(new StartImportCommand(input))).importTask ?? {};
};

/** Imports a file, and returns the task when it has ended and its errors, each with its row. */
async function imported(
  test: S3Test,
  ...rows: string[]
): Promise<ImportTask & { readonly errors: string[] }> {
  await put(test, rows.join('\n'));
  const { importID = '' } = await start(test);
  test.advance(MINUTE);
  const { items: [task] = [] } = await test.client.send(
    new ListImportsCommand({ filters: { importIDs: [importID] } }),
  );
  const { items = [] } = await test.client.send(new ListImportErrorsCommand({ importID }));
  const errors = items.map(
    ({ errorType, errorData }) =>
      `${errorType ?? ''} ${errorData?.rowNumber ?? ''} ${errorData?.rawError ?? ''}`,
  );
  return { ...task, errors };
}

async function exported(test: S3Test, s3Key = 'out.csv'): Promise<string> {
  await test.client.send(new StartExportCommand({ s3Bucket, s3Key }));
  test.advance(MINUTE);
  return textOf(test, s3Key);
}

const HEADER = [
  'mgn:wave:name,mgn:wave:description,mgn:app:name,mgn:app:tag:Owner,mgn:server:user-provided-id,mgn:server:platform',
  'mgn:server:fqdn-for-action-framework,mgn:server:tag:Name,mgn:launch:instance-type,mgn:launch:nic:0:subnet-id',
  'mgn:launch:nic:0:security-group-id:0,mgn:launch:placement:operating-system-licensing,mgn:launch:tag:instance:Cost',
].join(',');
const ROW =
  'w1,first,erp,scrum,erp-1,Linux,erp-1.example.com,erp-db1,m5.large,subnet-0123456789abcdef0,sg-12345678,BYOL,7';

describe('S3 of the endpoint', () => {
  it('S29.1 keeps buckets and objects, by the path', async () => {
    const test = await beginWithBucket();
    const { s3 } = test;
    const Bucket = s3Bucket;
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    expect(await refusal(s3.send(new CreateBucketCommand({ Bucket })))).toBe('BucketAlreadyOwnedByYou');
    await put(test, 'ä,"b"\n', 'a b/ü.csv');
    await put(test, 'x', 'plain');
    expect(await textOf(test, 'a b/ü.csv')).toBe('ä,"b"\n');
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['plain', 1]]);
    expect(listed.CommonPrefixes).toEqual([{ Prefix: 'a b/' }]);
    expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty');
    const again = withS3(talkToMgn(await restart(test)));
    expect(await textOf(again, 'plain')).toBe('x');
    for (const Key of ['plain', 'a b/ü.csv']) await again.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(await refusal(textOf(again, 'plain'))).toBe('NoSuchKey');
    await again.s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await refusal(put(again, 'x'))).toBe('NoSuchBucket');
  });

  it('S29.1 takes bodies in chunks, and refuses what it does not have', async () => {
    const test = await beginWithBucket();
    const headers = { ...signedForMgn('s3'), 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const body = '4\r\nmgn:\r\n3;chunk-signature=0\r\napp\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';
    const path = `/${s3Bucket}/stream.csv`;
    expect((await raw(test.endpoint.url, { method: 'PUT', path, headers, body })).status).toBe(200);
    expect(await textOf(test, 'stream.csv')).toBe('mgn:app');
    const { status, text } = await raw(test.endpoint.url, {
      ...{ method: 'GET', path: `/${s3Bucket}?versioning`, headers: signedForMgn('s3') },
    });
    expect([status, text.includes('<Code>NotImplemented</Code>')]).toEqual([501, true]);
    const unsigned = await raw(test.endpoint.url, { method: 'GET', path });
    expect(unsigned.status).toBe(404);
  });
});

describe('imports of MGN', () => {
  it('S29.2 are PENDING, STARTED and then SUCCEEDED, with what they have created', async () => {
    const test = await beginWithBucket();
    await put(test, `${HEADER}\n${ROW}\n`);
    const task = await start(test);
    expect(task).toMatchObject({ status: 'PENDING', progressPercentage: 0, s3BucketSource: { s3Bucket } });
    expect(task.importID).toMatch(/^import-[0-9a-f]{17}$/);
    test.advance(10 * SECOND);
    const { items = [] } = await test.client.send(new ListImportsCommand({}));
    expect(items).toMatchObject([{ status: 'STARTED', importID: task.importID }]);
    expect((await test.client.send(new ListWavesCommand({}))).items).toEqual([]);
    expect(await refusal(start(test))).toBe('ConflictException');
    const again = withS3(talkToMgn(await restart(test)));
    again.advance(MINUTE);
    expect((await again.client.send(new ListImportsCommand({}))).items).toMatchObject([
      {
        status: 'SUCCEEDED',
        progressPercentage: 100,
        endDateTime: '2018-11-07T17:48:30.000Z',
        summary: {
          waves: { createdCount: 1, modifiedCount: 0 },
          applications: { createdCount: 1, modifiedCount: 0 },
          servers: { createdCount: 1, modifiedCount: 0 },
        },
      },
    ]);
  });

  it('S29.2 of the same client token are the same import', async () => {
    const test = await beginWithBucket();
    await put(test, `${HEADER}\n${ROW}\n`);
    const { importID } = await start(test, 'in.csv', 'token');
    expect((await start(test, 'in.csv', 'token')).importID).toBe(importID);
    await put(test, 'x', 'other.csv');
    expect(await refusal(start(test, 'other.csv', 'token'))).toBe('ConflictException');
  });

  it('S29.2 of a file that is not there are refused', async () => {
    const test = await beginWithBucket();
    expect(await refusal(start(test, 'none.csv'))).toBe('ResourceNotFoundException');
    expect(await refusal(start(test, 'none.txt'))).toBe('ValidationException');
    const importID = `import-${'0'.repeat(17)}`;
    expect(await refusal(test.client.send(new ListImportErrorsCommand({ importID })))).toBe(
      'ValidationException',
    );
  });

  it('S29.3 create servers that wait for their agents, in applications and waves, with launch settings', async () => {
    const test = await beginWithBucket();
    expect((await imported(test, HEADER, ROW)).errors).toEqual([]);
    const server = await test.server('erp-db1');
    expect(server).toMatchObject({
      userProvidedID: 'erp-1',
      fqdnForActionFramework: 'erp-1.example.com',
      replicationType: 'AGENT_BASED',
      lifeCycle: { state: 'PENDING_INSTALLATION' },
      tags: { Name: 'erp-db1' },
    });
    const { items: [application] = [] } = await test.client.send(new ListApplicationsCommand({}));
    const { items: [wave] = [] } = await test.client.send(new ListWavesCommand({}));
    expect(application).toMatchObject({ name: 'erp', tags: { Owner: 'scrum' }, waveID: wave?.waveID });
    expect(wave).toMatchObject({ name: 'w1', description: 'first' });
    expect(server.applicationID).toBe(application?.applicationID);
    const csv = await exported(test);
    for (const cell of ['m5.large', 'subnet-0123456789abcdef0', 'sg-12345678', 'BYOL', 'erp-1.example.com'])
      expect(csv).toContain(cell);
    // The agent finds its server by the id that both have.
    await test.endpoint.loadAgents(
      'Hostname,OS,User Provided ID\nerp-db1.corp,Red Hat Enterprise Linux 8,erp-1\nerp-db1,,\n',
    );
    const found = await servers(test.client, { replicationTypes: ['AGENT_BASED'] });
    expect(found.map(({ userProvidedID }) => userProvidedID).sort()).toEqual(['erp-1', undefined]);
    expect(
      found.find(({ sourceServerID }) => sourceServerID === server.sourceServerID)?.lifeCycle?.state,
    ).toBe('NOT_READY');
  });

  it('S29.3 change what they find, and count it only if it differs', async () => {
    const test = await beginWithBucket();
    await imported(test, HEADER, ROW);
    const none = { createdCount: 0, modifiedCount: 0 };
    const same = await imported(test, HEADER, ROW);
    expect(same.summary).toEqual({ waves: none, applications: none, servers: none });
    const changed = await imported(
      test,
      HEADER,
      ROW.replace('first', 'other').replace('erp,scrum', 'crm,ops'),
    );
    expect(changed.summary).toEqual({
      waves: { createdCount: 0, modifiedCount: 1 },
      applications: { createdCount: 1, modifiedCount: 0 },
      servers: { createdCount: 0, modifiedCount: 1 },
    });
    expect(changed.errors).toEqual([]);
  });

  it('S29.4 of a file with mistakes change nothing, and name each row', async () => {
    const test = await beginWithBucket();
    const { status, errors } = await imported(
      test,
      'mgn:account-id,mgn:region,mgn:wave:name,mgn:wave:description,mgn:app:id,mgn:server:user-provided-id,mgn:server:platform',
      '123456789012,eu-west-1,w1,a,,erp-1,Solaris',
      ',,w1,b,,,Linux',
      ',,,,app-00000000000000000,,',
    );
    expect(status).toBe('FAILED');
    expect(errors).toEqual([
      'VALIDATION_ERROR 2 mgn:account-id cannot be 123456789012.',
      'VALIDATION_ERROR 2 mgn:region cannot be eu-west-1.',
      'VALIDATION_ERROR 2 mgn:server:platform cannot be Solaris.',
      'VALIDATION_ERROR 3 description of w1 differs from row 2.',
      'VALIDATION_ERROR 3 platform is given without mgn:server:id or mgn:server:user-provided-id.',
      'VALIDATION_ERROR 4 There is no application app-00000000000000000.',
    ]);
    expect((await test.client.send(new ListWavesCommand({}))).items).toEqual([]);
    expect((await imported(test, 'a,b', '1,2')).status).toBe('FAILED');
    expect((await imported(test, 'mgn:app:name', '"x')).errors).toHaveLength(1);
  });

  it('S29.4 name the rows that a quota does not allow, and import the others', async () => {
    const test = await beginWithBucket({ mgn: { quotas: { activeApplications: 1 } } });
    const { status, errors, summary } = await imported(test, 'mgn:app:name', 'a', 'b');
    expect([status, errors]).toEqual([
      'FAILED',
      ['PROCESSING_ERROR 3 b: the limit of 1 active applications is exceeded.'],
    ]);
    expect(summary?.applications).toEqual({ createdCount: 1, modifiedCount: 0 });
  });
});

describe('the quota of servers', () => {
  it('S23.1 counts servers that were never replicated, and starting them adds none', async () => {
    const test = await beginWithBucket({ mgn: { quotas: { nonArchivedServers: 3 } } });
    const { errors } = await imported(test, 'mgn:server:user-provided-id', 'a', 'b');
    expect(errors).toEqual(['PROCESSING_ERROR 3 b: the limit of 3 source servers is exceeded.']);
    await readyForTest(test, 'vm0', 'vm1');
  });
});

describe('exports of MGN', () => {
  it('S29.5 write a row for each server, and for applications and waves without members', async () => {
    const test = await beginWithBucket();
    await imported(test, 'mgn:wave:name,mgn:app:name,mgn:app:description', ',lonely,"a ""b"", c"', 'empty,,');
    const { exportTask } = await test.client.send(new StartExportCommand({ s3Bucket, s3Key: 'o.csv' }));
    expect(exportTask).toMatchObject({ status: 'PENDING', s3Bucket, s3Key: 'o.csv' });
    expect(await refusal(textOf(test, 'o.csv'))).toBe('NoSuchKey');
    test.advance(MINUTE);
    const { items: [task] = [] } = await test.client.send(new ListExportsCommand({}));
    expect(task).toMatchObject({
      status: 'SUCCEEDED',
      summary: { serversCount: 2, applicationsCount: 1, wavesCount: 1 },
    });
    const lines = (await textOf(test, 'o.csv')).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^mgn:account-id,mgn:region,mgn:wave:id,mgn:wave:name,/);
    expect(lines.slice(3).join('\n')).toMatch(/lonely,"a ""b"", c"[^]*,empty,/);
  });

  it('S29.5 leave out what is archived, and an import of an export changes nothing', async () => {
    const test = await beginWithBucket();
    await imported(test, HEADER, ROW, ROW.replaceAll('erp', 'crm').replace('Linux', 'Windows'));
    const [sourceServerID = ''] = await readyForTest(test, 'vm1');
    await test.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    await test.client.send(new MarkAsArchivedCommand({ sourceServerID }));
    const csv = await exported(test);
    expect(csv).not.toContain(sourceServerID);
    const { status, summary, errors } = await imported(test, csv);
    const none = { createdCount: 0, modifiedCount: 0 };
    expect([status, errors, summary]).toEqual([
      'SUCCEEDED',
      [],
      { waves: none, applications: none, servers: none },
    ]);
    expect(await exported(test, 'again.csv')).toBe(csv);
  });

  it('S29.5 into a bucket that does not exist are refused, and fail if it is deleted meanwhile', async () => {
    const test = await beginWithBucket();
    const to = (bucket: string) =>
      test.client.send(new StartExportCommand({ s3Bucket: bucket, s3Key: 'o.csv' }));
    expect(await refusal(to('none'))).toBe('ValidationException');
    const { exportTask: { exportID = '' } = {} } = await to(s3Bucket);
    await test.s3.send(new DeleteBucketCommand({ Bucket: s3Bucket }));
    test.advance(MINUTE);
    const { items = [] } = await test.client.send(new ListExportErrorsCommand({ exportID }));
    expect(items.map(({ errorData }) => errorData?.rawError)).toEqual(['There is no bucket inventory.']);
  });
});
