import { rmSync } from 'node:fs';
import fc from 'fast-check';
import {
  CreateApplicationCommand,
  DeleteApplicationCommand,
  DescribeSourceServersCommand,
  DescribeVcenterClientsCommand,
  InitializeServiceCommand,
  paginateDescribeSourceServers,
  StartReplicationCommand,
  StartTestCommand,
  TagResourceCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import {
  beginMgn,
  LINUX,
  mgnClient,
  readyForTest,
  refusal,
  signedForMgn,
  talkToMgn,
  TEMPLATE,
} from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { begin, raw, signed } from './support.ts';

const codeOf = ({ headers }: { headers: Record<string, unknown> }) => headers['x-amzn-errortype'];
const APP = 'app-0123456789abcdef0';
const SERVER = 's-0123456789abcdef0';

async function stillUp({ client }: MgnTest): Promise<void> {
  expect((await client.send(new DescribeVcenterClientsCommand({}))).items).toHaveLength(2);
}

describe('the wire of MGN', () => {
  it('S15.1 takes the operations in the path, beside those of SMS', async () => {
    const test = await beginMgn();
    const arn = encodeURIComponent((await test.server(LINUX)).arn ?? '');
    expect((await test.post('ListWaves')).status).toBe(200);
    for (const path of ['/DescribeVcenterClients', '/DescribeVcenterClients?maxResults=1', `/tags/${arn}`]) {
      expect((await raw(test.endpoint.url, { method: 'GET', path, headers: signedForMgn() })).status).toBe(
        200,
      );
    }
    expect((await test.call('GetServers')).status).toBe(200);
  });

  it.each([
    ['POST', '/ListServers'],
    ['POST', '/toString'],
    ['POST', '/StartImportFileEnrichment'],
    ['GET', '/ListWaves'],
    ['PUT', '/tags/arn'],
    ['POST', '/ListWaves/'],
    ['POST', '/listwaves'],
    ['POST', '//'],
  ])('S15.2 does not know %s %s', async (method, path) => {
    const test = await beginMgn();
    const answer = await test.post('', {}, { method, path });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'UnknownOperationException']);
  });

  it('S15.2 leaves requests with a target to SMS', async () => {
    const { endpoint } = await beginMgn();
    const answer = await raw(endpoint.url, { path: '/ListWaves', headers: signed('GetServers'), body: '{}' });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'UnknownOperationException']);
  });

  it('S15.3 answers with the status of the model', async () => {
    const test = talkToMgn(await begin());
    const { client } = test;
    expect((await client.send(new InitializeServiceCommand({}))).$metadata.httpStatusCode).toBe(204);
    expect((await test.post('CreateReplicationConfigurationTemplate', TEMPLATE)).status).toBe(201);
    const made = await client.send(new CreateApplicationCommand({ name: 'a' }));
    expect(made.$metadata.httpStatusCode).toBe(201);
    const gone = await test.post('DeleteApplication', { applicationID: made.applicationID });
    expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([204, '', undefined]);
    const sourceServerIDs = await readyForTest(test, LINUX);
    expect((await client.send(new StartTestCommand({ sourceServerIDs }))).$metadata.httpStatusCode).toBe(202);
    expect((await client.send(new DescribeSourceServersCommand({}))).$metadata.httpStatusCode).toBe(200);
  });

  it('S15.4 gives errors the model’s status, and the SDK its classes', async () => {
    const test = await beginMgn({ mgn: { quotas: { activeWaves: 0 } } });
    await test.post('CreateApplication', { name: 'a' });
    const expected: [string, object, number, string][] = [
      ['CreateWave', { name: 'w' }, 402, 'ServiceQuotaExceededException'],
      ['CreateApplication', { name: 'a' }, 409, 'ConflictException'],
      ['DeleteApplication', { applicationID: APP }, 404, 'ResourceNotFoundException'],
      ['DeleteApplication', {}, 400, 'ValidationException'],
      ['ListWaves', { accountID: '123456789012' }, 403, 'AccessDeniedException'],
    ];
    for (const [operation, input, status, code] of expected) {
      const answer = await test.post(operation, input);
      expect([operation, answer.status, codeOf(answer)]).toEqual([operation, status, code]);
      expect(answer.body.message).toMatch(/\w/);
    }
    const error = await test.client
      .send(new DeleteApplicationCommand({ applicationID: APP }))
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      name: 'ResourceNotFoundException',
      resourceId: APP,
      resourceType: 'Application',
    });
  });

  it('S15.4 does not send the text of its own bugs', async () => {
    const test = await beginMgn();
    rmSync(test.folder, { recursive: true });
    test.clock.pass(60_000);
    const answer = await test.post('CreateWave', { name: 'w' });
    expect([answer.status, codeOf(answer)]).toEqual([500, 'InternalServerException']);
    expect(answer.text).toBe('{"message":"An internal error occurred."}');
  });

  it('S15.5 writes times and spans of time as ISO 8601', async () => {
    const test = await beginMgn();
    await readyForTest(test, LINUX);
    const { lifeCycle, dataReplicationInfo } = await test.server(LINUX);
    expect(lifeCycle?.addedToServiceDateTime).toBe('2018-11-07T17:48:00+00:00');
    expect(dataReplicationInfo?.lastSnapshotDateTime).toMatch(/T\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect(dataReplicationInfo?.lagDuration).toMatch(/^P(?=.)(\d+D)?(T(\d+H)?(\d+M)?([\d.]+S)?)?$/);
    expect(lifeCycle?.elapsedReplicationDuration).toMatch(/^PT2[23]H/);
  });

  it.each([
    ['no signature', { 'content-type': 'application/json' }, 'MissingAuthenticationTokenException'],
    ['the scope of SMS', signedForMgn('sms'), 'InvalidSignatureException'],
    [
      'half of one',
      { ...signedForMgn(), authorization: 'AWS4-HMAC-SHA256 Credential=a' },
      'IncompleteSignatureException',
    ],
  ])('S15.6 refuses %s', async (_, headers, code) => {
    const test = await beginMgn();
    const answer = await test.post('ListWaves', {}, { headers });
    expect([answer.status, codeOf(answer)]).toEqual([403, code]);
  });

  it('S15.6 takes no signature of MGN for SMS', async () => {
    const { endpoint } = await begin();
    const headers = { ...signed('GetServers'), authorization: signedForMgn()['authorization'] ?? '' };
    expect((await raw(endpoint.url, { headers, body: '{}' })).body.__type).toBe('InvalidSignatureException');
  });

  it.each([
    '{"filters":',
    '[]',
    '"{}"',
    'null',
    '{}{}',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  ])('S15.7 refuses the body %p', async (text) => {
    const test = await beginMgn();
    const answer = await test.post('ListWaves', {}, { text });
    expect([answer.status, answer.body.reason]).toEqual([400, 'cannotParse']);
    await stillUp(test);
  });

  it('S15.7 takes an empty body, and refuses one that is too large', async () => {
    const test = await beginMgn();
    expect((await test.post('ListWaves', {}, { text: '' })).status).toBe(200);
    const large = await test.post('ListWaves', {}, { text: `{"x":"${'x'.repeat(1 << 20)}"}` });
    expect([large.status, codeOf(large)]).toEqual([413, 'RequestEntityTooLargeException']);
    await stillUp(test);
  });

  it('S15.7 S16.1 survives anything as a body or a path', async () => {
    const test = await beginMgn();
    const operations = [
      'StartTest',
      'CreateWave',
      'UpdateLaunchConfiguration',
      'DescribeJobs',
      'AssociateSourceServers',
    ];
    const members = fc.constantFrom(
      'name',
      'filters',
      'sourceServerIDs',
      'tags',
      'licensing',
      '__proto__',
      'constructor',
    );
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(members, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), body, async (operation, text) => {
        const { status } = await test.post(operation, {}, { text });
        expect([200, 201, 400]).toContain(status);
      }),
    );
    for (const path of [
      '/tags/',
      '/tags/%',
      '/tags/%ff',
      '/tags/arn:aws:mgn',
      '/DescribeVcenterClients?maxResults=x',
    ]) {
      expect((await test.post('', {}, { method: 'GET', path })).status).toBe(400);
    }
    await stillUp(test);
  });

  it('S15.8 ignores members that are unknown or null', async () => {
    const test = await beginMgn();
    const input = { filters: { isArchived: null, sourceServerIDs: null }, maxResults: null, more: [1] };
    expect((await test.post('DescribeSourceServers', input)).body.items).toHaveLength(50);
  });
});

describe('the input of MGN', () => {
  it.each<[string, object, string[]]>([
    ['StartReplication', {}, ['sourceServerID']],
    ['StartReplication', { sourceServerID: 's-4e856027' }, ['sourceServerID']],
    ['StartReplication', { sourceServerID: 7 }, ['sourceServerID']],
    ['CreateWave', { name: '', description: 7 }, ['description', 'name']],
    ['CreateWave', { name: ' a ' }, ['name']],
    ['CreateWave', { name: 'a', tags: { a: 1 } }, ['tags.a']],
    ['CreateWave', { name: 'a', description: 'x'.repeat(601) }, ['description']],
    ['ChangeServerLifeCycleState', { sourceServerID: SERVER, lifeCycle: {} }, ['lifeCycle.state']],
    [
      'ChangeServerLifeCycleState',
      { sourceServerID: SERVER, lifeCycle: { state: 'TESTING' } },
      ['lifeCycle.state'],
    ],
    ['DescribeSourceServers', { filters: { lifeCycleStates: ['GONE'] } }, ['filters.lifeCycleStates.0']],
    [
      'DescribeSourceServers',
      { filters: { sourceServerIDs: Array(201).fill(SERVER) } },
      ['filters.sourceServerIDs'],
    ],
    [
      'UpdateLaunchConfiguration',
      { sourceServerID: SERVER, licensing: { osByol: 'yes' } },
      ['licensing.osByol'],
    ],
    [
      'UpdateReplicationConfiguration',
      { sourceServerID: SERVER, bandwidthThrottling: 1.5 },
      ['bandwidthThrottling'],
    ],
    [
      'CreateReplicationConfigurationTemplate',
      { ...TEMPLATE, stagingAreaSubnetId: 'x' },
      ['stagingAreaSubnetId'],
    ],
    ['DescribeJobs', { filters: { fromDate: 'yesterday' } }, ['filters.fromDate']],
  ])('S16.1 %s refuses what is wrong (%#)', async (operation, input, names) => {
    const test = await beginMgn();
    const { status, body } = await test.post(operation, input);
    expect([status, body.reason]).toEqual([400, 'fieldValidationFailed']);
    expect(body.fieldList?.map(({ name }) => name).sort()).toEqual(names);
  });

  it.each([
    ['AssociateSourceServers', { applicationID: APP }, 'sourceServerIDs', SERVER, 50],
    ['DisassociateSourceServers', { applicationID: APP }, 'sourceServerIDs', SERVER, 50],
    ['AssociateApplications', { waveID: 'wave-0123456789abcdef0' }, 'applicationIDs', APP, 50],
    ['DisassociateApplications', { waveID: 'wave-0123456789abcdef0' }, 'applicationIDs', APP, 50],
    ['StartTest', {}, 'sourceServerIDs', SERVER, 200],
    ['StartCutover', {}, 'sourceServerIDs', SERVER, 200],
    ['TerminateTargetInstances', {}, 'sourceServerIDs', SERVER, 200],
  ])('S16.2 %s takes so many ids', async (operation, input, member, id, limit) => {
    const test = await beginMgn();
    const reasonFor = async (count: number) => {
      const { body } = await test.post(operation, { ...input, [member]: Array(count).fill(id) });
      return (body.fieldList ?? []).map(({ message }) => message).join();
    };
    expect(await reasonFor(0)).toMatch(/fewer than 1/);
    expect(await reasonFor(limit + 1)).toMatch(new RegExp(`more than ${limit}`));
    expect(await reasonFor(limit)).not.toMatch(/more than/);
    if (limit === 200) expect(await reasonFor(2)).toBe('must not repeat');
  });

  it('S16.3 pages hold 50 unless asked for 1 to 1,000', async () => {
    const test = await beginMgn();
    const size = async (input: object) =>
      (await test.post('DescribeSourceServers', input)).body.items?.length;
    expect(await size({})).toBe(50);
    expect(await size({ maxResults: 1 })).toBe(1);
    expect(await size({ maxResults: 1000 })).toBe(298);
    for (const maxResults of [0, -1, 1001]) {
      expect((await test.post('DescribeSourceServers', { maxResults })).status).toBe(400);
      const path = `/DescribeVcenterClients?maxResults=${maxResults}`;
      expect((await test.post('', {}, { method: 'GET', path })).status).toBe(400);
    }
  });

  it('S16.4 pages are complete at any size, while servers change', async () => {
    const test = await beginMgn();
    const { client } = test;
    const all = (await test.post('DescribeSourceServers', { maxResults: 1000 })).body.items as {
      sourceServerID: string;
    }[];
    const ids = all.map(({ sourceServerID }) => sourceServerID);
    expect(ids).toEqual([...ids].sort());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 400 }), fc.nat(297), async (pageSize, touched) => {
        const seen: string[] = [];
        for await (const { items = [] } of paginateDescribeSourceServers({ client, pageSize }, {})) {
          seen.push(...items.map(({ sourceServerID = '' }) => sourceServerID));
          const resourceArn = `arn:aws:mgn:us-west-2:000000000000:source-server/${ids[touched] ?? ''}`;
          await client.send(new TagResourceCommand({ resourceArn, tags: { a: String(pageSize) } }));
        }
        expect(seen).toEqual(ids);
      }),
      { numRuns: 10 },
    );
  });

  it('S16.4 refuses tokens that were changed, or are of another list', async () => {
    const test = await beginMgn();
    const { nextToken = '' } = (await test.post('DescribeSourceServers', { maxResults: 1 })).body;
    const clients = await test.post('', {}, { method: 'GET', path: '/DescribeVcenterClients?maxResults=1' });
    const wrong: [string, object][] = [
      ['DescribeSourceServers', { nextToken: `${nextToken}x` }],
      ['DescribeSourceServers', { nextToken: nextToken.slice(1) }],
      ['DescribeSourceServers', { nextToken, filters: { isArchived: false } }],
      ['DescribeSourceServers', { nextToken: clients.body.nextToken }],
      ['ListWaves', { nextToken }],
    ];
    for (const [operation, input] of wrong) {
      const answer = await test.post(operation, input);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ValidationException']);
    }
    expect((await test.post('DescribeSourceServers', { nextToken: '' })).body.items).toHaveLength(50);
    expect((await test.post('DescribeSourceServers', { nextToken, maxResults: 7 })).body.items).toHaveLength(
      7,
    );
  });

  it('S16.5 reports mistakes in their order', async () => {
    const test = talkToMgn(await begin());
    const none = { headers: {}, text: '{' };
    const code = async (operation: string, body: object, more = {}) =>
      codeOf(await test.post(operation, body, more));
    expect(await code('StartTests', {}, none)).toBe('UnknownOperationException');
    expect(await code('DeleteJob', {}, { ...none, headers: signedForMgn('sms') })).toBe(
      'InvalidSignatureException',
    );
    expect((await test.post('DeleteJob', {}, { text: '{' })).body.reason).toBe('cannotParse');
    const jobID = 'mgnjob-0123456789abcdef0';
    expect(await code('DeleteJob', { accountID: '123456789012' })).toBe('ValidationException');
    expect(await code('DeleteJob', { jobID, accountID: '123456789012' })).toBe('AccessDeniedException');
    expect(await code('DeleteJob', { jobID })).toBe('UninitializedAccountException');
    await test.client.send(new InitializeServiceCommand({}));
    expect(await code('DeleteJob', { jobID })).toBe('ResourceNotFoundException');
  });

  it('S16.8 checks post-launch actions to their depth, and keeps only what the model has', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(LINUX);
    const document = {
      actionName: 'a',
      ssmDocumentName: 'AWS-RunShellScript',
      timeoutSeconds: 60,
      parameters: { commands: [{ parameterType: 'STRING', parameterName: '/x.y_z'.slice(1) }] },
      externalParameters: { id: { dynamicPath: 'a.b' } },
    };
    const update = async (change: object) =>
      test.post('UpdateLaunchConfiguration', {
        sourceServerID,
        postLaunchActions: { deployment: 'TEST_ONLY', ssmDocuments: [{ ...document, ...change }] },
      });
    const kept = (await update({ unknown: 1, mustSucceedForCutover: null })).body as {
      postLaunchActions?: { ssmDocuments?: object[] };
    };
    expect(kept.postLaunchActions?.ssmDocuments).toEqual([document]);
    for (const wrong of [
      { ssmDocumentName: 'a b c' },
      { ssmDocumentName: 'ab' },
      { timeoutSeconds: 2 ** 31 },
      { timeoutSeconds: 0 },
      { parameters: { 'not a name': [] } },
      { parameters: { a: [{ parameterType: 'LIST', parameterName: 'x' }] } },
      { parameters: { a: [{ parameterType: 'STRING' }] } },
      { parameters: { a: Array.from({ length: 11 }, () => document.parameters.commands[0]) } },
      { externalParameters: { a: {} } },
      { externalParameters: { a: { dynamicPath: '.a' } } },
    ])
      expect([wrong, codeOf(await update(wrong))]).toEqual([wrong, 'ValidationException']);
  });

  it('S16.6 refuses other accounts', async () => {
    const test = await beginMgn();
    const send = (accountID: string) => test.client.send(new DescribeSourceServersCommand({ accountID }));
    expect(await refusal(send('000000000000'))).toBe('accepted');
    expect(await refusal(send('123456789012'))).toBe('AccessDeniedException');
  });

  it('S16.7 S22.4 gives ids and ARNs their shape, in the region of the request', async () => {
    const test = await beginMgn();
    const east = mgnClient(test.endpoint.url, 1, 'us-east-1');
    await east.send(new InitializeServiceCommand({}));
    const server = await test.server(LINUX);
    expect(server.sourceServerID).toMatch(/^s-[0-9a-f]{17}$/);
    expect(server.vcenterClientID).toMatch(/^vcc-[0-9a-f]{17}$/);
    const { applicationID = '', arn } = await east.send(new CreateApplicationCommand({ name: 'a' }));
    expect(applicationID).toMatch(/^app-[0-9a-f]{17}$/);
    expect(arn).toBe(`arn:aws:mgn:us-east-1:000000000000:application/${applicationID}`);
    const tag = new TagResourceCommand({ resourceArn: arn, tags: { a: 'b' } });
    expect(await refusal(test.client.send(tag))).toBe('ResourceNotFoundException');
    expect(await refusal(east.send(tag))).toBe('accepted');
    const missing = new StartReplicationCommand({ sourceServerID: SERVER });
    expect(await refusal(test.client.send(missing))).toBe('ResourceNotFoundException');
    for (const [region, partition] of [
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ]) {
      const client = mgnClient(test.endpoint.url, 1, region);
      await client.send(new InitializeServiceCommand({}));
      const { arn: there = '' } = await client.send(new CreateApplicationCommand({ name: region }));
      expect(there.split(':').slice(0, 4)).toEqual(['arn', partition, 'mgn', region]);
      const tagging = new TagResourceCommand({ resourceArn: there, tags: { a: 'b' } });
      expect(await refusal(client.send(tagging))).toBe('accepted');
    }
  });
});
