import {
  DisconnectFromServiceCommand,
  InitializeServiceCommand,
  MarkAsArchivedCommand,
  PauseReplicationCommand,
  ResumeReplicationCommand,
  RetryDataReplicationCommand,
  StartReplicationCommand,
  StartTestCommand,
  StopReplicationCommand,
  UpdateSourceServerReplicationTypeCommand,
} from '@aws-sdk/client-mgn';
import type { SourceServer } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, mgnClient, LINUX, refusal, serverById, servers } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { begin, DAY, HOUR, MINUTE, restart } from './support.ts';
import { linuxes } from './jobs.ts';

const LIST = 'Hostname,FQDN,OS,Disk GiB,VM UUID,AWS Instance ID,Imported,Install After';
const DB = 'erp-db1';

/** A list of agents; rows may lack cells at their end. */
const listOf = (rows: readonly string[]): string =>
  [LIST, ...rows.map((row) => row + ','.repeat(LIST.split(',').length - row.split(',').length))].join('\n');

async function withAgents(...rows: readonly string[]): Promise<MgnTest> {
  const test = await beginMgn({ inventory: linuxes([{}]) });
  await test.endpoint.loadAgents(listOf(rows));
  return test;
}

const stateOf = ({ lifeCycle, dataReplicationInfo }: SourceServer) =>
  `${lifeCycle?.state ?? ''} ${dataReplicationInfo?.dataReplicationState ?? ''}`;

/** The states of a server until it stands still, each once. */
async function statesOf(test: MgnTest, name: string): Promise<string[]> {
  const seen: string[] = [];
  for (let minutes = 0; minutes < 24 * 60; minutes += 4) {
    const state = stateOf(await test.server(name));
    if (seen.at(-1) !== state) seen.push(state);
    if (state.endsWith('CONTINUOUS')) break;
    test.advance(4 * MINUTE);
  }
  return seen;
}

describe('agents', () => {
  it('S25.10 are installed in one region, if a region is given', async () => {
    const test = await beginMgn({ inventory: linuxes([{}]) });
    await expect(test.endpoint.loadAgents(listOf([DB]), 'eu-west-1')).rejects.toMatchObject({
      code: 'NOT_INITIALIZED',
      message: 'no agent can be installed: AWS MGN is not initialised in eu-west-1',
    });
    await expect(test.endpoint.loadAgents(listOf([DB]), '../x')).rejects.toMatchObject({
      code: 'NOT_INITIALIZED',
    });
    const other = mgnClient(test.endpoint.url, 1, 'eu-west-1');
    await other.send(new InitializeServiceCommand({}));
    await test.endpoint.loadAgents(listOf([DB]), 'eu-west-1');
    expect([(await servers(other)).length, (await servers(test.client)).length]).toEqual([2, 1]);
  });

  it('S25.1 report the facts of their servers', async () => {
    const test = await withAgents(
      `${DB},erp-db1.example.com,Red Hat Enterprise Linux 8,200,4208-u,i-0123456789abcdef0,,`,
      'bare',
    );
    expect(await servers(test.client)).toHaveLength(3);
    const server = await test.server(DB);
    expect(server).toMatchObject({
      replicationType: 'AGENT_BASED',
      isArchived: false,
      sourceProperties: {
        identificationHints: {
          hostname: DB,
          fqdn: 'erp-db1.example.com',
          vmWareUuid: '4208-u',
          awsInstanceID: 'i-0123456789abcdef0',
        },
        os: { fullString: 'Red Hat Enterprise Linux 8' },
        disks: [{ bytes: 200 * 2 ** 30 }],
      },
    });
    expect(server.vcenterClientID).toBeUndefined();
    expect(server.sourceProperties?.identificationHints?.vmPath).toBeUndefined();
    expect(await servers(test.client, { replicationTypes: ['AGENT_BASED'] })).toHaveLength(2);
    expect(await servers(test.client, { replicationTypes: ['SNAPSHOT_SHIPPING'] })).toHaveLength(1);
  });

  it('S25.2 replicate by themselves until their servers can be tested', async () => {
    const test = await withAgents(`${DB},,,20`);
    const { steps = [] } = (await test.server(DB)).dataReplicationInfo?.dataReplicationInitiation ?? {};
    expect(steps.map(({ name, status }) => `${name ?? ''} ${status ?? ''}`).slice(0, 2)).toEqual([
      'WAIT IN_PROGRESS',
      'CREATE_SECURITY_GROUP NOT_STARTED',
    ]);
    expect(steps).toHaveLength(11);
    expect(await statesOf(test, DB)).toEqual([
      'NOT_READY INITIATING',
      'NOT_READY INITIAL_SYNC',
      'NOT_READY CREATING_SNAPSHOT',
      'READY_FOR_TEST CONTINUOUS',
    ]);
    const { sourceServerID = '', dataReplicationInfo } = await test.server(DB);
    expect(dataReplicationInfo?.lagDuration).toMatch(/^P(T0S|0D)$/);
    await test.client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(HOUR);
    expect((await test.server(DB)).launchedInstance?.ec2InstanceID).toMatch(/^i-/);
  });

  it('S25.3 are installed when their time has come, also after a restart', async () => {
    const rows = [`${DB},,,20,,,yes,2h`, 'late,,,20,,,,1d', 'never,,,20,,,yes,never', 'gone,,,20,,,no,never'];
    const before = await withAgents(...rows);
    const states = async ({ client }: MgnTest) =>
      (await servers(client, { replicationTypes: ['AGENT_BASED'] }))
        .map((server) => `${server.tags?.['Name'] ?? ''} ${stateOf(server)}`)
        .sort();
    expect(await states(before)).toEqual([
      `${DB} PENDING_INSTALLATION STOPPED`,
      'never PENDING_INSTALLATION STOPPED',
    ]);
    const again = await restart(before);
    const test: MgnTest = {
      ...before,
      ...again,
      client: (await import('./mgn.ts')).mgnClient(again.endpoint.url),
    };
    again.advance(2 * HOUR);
    expect(await states(test)).toEqual([`${DB} NOT_READY INITIATING`, 'never PENDING_INSTALLATION STOPPED']);
    again.advance(DAY);
    expect(await states(test)).toEqual([
      `${DB} READY_FOR_TEST CONTINUOUS`,
      'late READY_FOR_TEST CONTINUOUS',
      'never PENDING_INSTALLATION STOPPED',
    ]);
    await again.endpoint.loadAgents('Hostname\nNEVER');
    expect((await states(test)).at(-1)).toBe('never NOT_READY INITIATING');
  });

  it('S25.4 are installed on the server that waits for them', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(LINUX);
    const type = { sourceServerID, replicationType: 'AGENT_BASED' } as const;
    await test.client.send(new UpdateSourceServerReplicationTypeCommand(type));
    await test.endpoint.loadAgents('Hostname,VM UUID\nother-name,42084E4D-BBDA-CDAC-A2DF-47DCE5ABB359');
    expect(await servers(test.client)).toHaveLength(298);
    expect(stateOf(await serverById(test.client, sourceServerID))).toBe('NOT_READY INITIATING');
  });

  it('S25.5 are started again only after a stop', async () => {
    const test = await withAgents(`${DB},,,20`, 'never,,,20,,,yes,never');
    const start = async (name: string) =>
      refusal(test.client.send(new StartReplicationCommand({ sourceServerID: await test.id(name) })));
    expect(await start('never')).toBe('ValidationException');
    expect(await start(DB)).toBe('ConflictException');
    test.advance(DAY);
    expect(await start(DB)).toBe('ConflictException');
    await test.client.send(new StopReplicationCommand({ sourceServerID: await test.id(DB) }));
    expect(stateOf(await test.server(DB))).toBe('STOPPED STOPPED');
    expect(await start(DB)).toBe('accepted');
    expect((await statesOf(test, DB)).at(-1)).toBe('READY_FOR_TEST CONTINUOUS');
  });

  it('S25.6 are paused and resumed', async () => {
    const test = await withAgents(`${DB},,,200`);
    const sourceServerID = await test.id(DB);
    const pause = () => test.client.send(new PauseReplicationCommand({ sourceServerID }));
    const resume = () => test.client.send(new ResumeReplicationCommand({ sourceServerID }));
    test.advance(2 * HOUR);
    await pause();
    expect(stateOf(await test.server(DB))).toBe('NOT_READY PAUSED');
    test.advance(DAY);
    await resume();
    expect(await statesOf(test, DB)).toEqual([
      'NOT_READY INITIAL_SYNC',
      'NOT_READY CREATING_SNAPSHOT',
      'READY_FOR_TEST CONTINUOUS',
    ]);
    await pause();
    test.advance(5 * HOUR);
    expect((await test.server(DB)).dataReplicationInfo?.lagDuration).toBe('PT5H');
    await resume();
    expect(await statesOf(test, DB)).toEqual(['READY_FOR_TEST BACKLOG', 'READY_FOR_TEST CONTINUOUS']);
  });

  it('S25.7 are retried when they stall', async () => {
    const test = await beginMgn({ inventory: linuxes([{}]) });
    test.endpoint.setFaults({ stalls: [{ server: DB, error: 'AGENT_NOT_SEEN' }] });
    await test.endpoint.loadAgents(listOf([`${DB},,,20`]));
    const sourceServerID = await test.id(DB);
    test.advance(DAY);
    expect(stateOf(await test.server(DB))).toBe('NOT_READY STALLED');
    test.endpoint.setFaults({});
    const retry = () => test.client.send(new RetryDataReplicationCommand({ sourceServerID }));
    await retry();
    expect((await statesOf(test, DB)).at(-1)).toBe('READY_FOR_TEST CONTINUOUS');
    expect(await refusal(retry())).toBe('ValidationException');
    await test.client.send(new PauseReplicationCommand({ sourceServerID }));
    test.endpoint.setFaults({ stalls: [{ server: DB, error: 'UNSTABLE_NETWORK' }] });
    await test.client.send(new ResumeReplicationCommand({ sourceServerID }));
    test.advance(DAY);
    expect(stateOf(await test.server(DB))).toBe('READY_FOR_TEST STALLED');
    test.endpoint.setFaults({});
    await retry();
    expect(await statesOf(test, DB)).toEqual([
      'READY_FOR_TEST INITIATING',
      'READY_FOR_TEST RESCAN',
      'READY_FOR_TEST CONTINUOUS',
    ]);
  });

  it('S24.3 stall when a fault says so, also while they replicate continuously', async () => {
    const test = await beginMgn({ inventory: linuxes([{}]) });
    await test.endpoint.loadAgents(listOf([`${DB},,,20`]));
    const sourceServerID = await test.id(DB);
    test.advance(DAY);
    test.endpoint.setFaults({ stalls: [{ server: DB, error: 'FAILED_TO_BOOT_REPLICATION_SERVER' }] });
    expect(stateOf(await test.server(DB))).toBe('READY_FOR_TEST CONTINUOUS');
    test.endpoint.setFaults({ stalls: [{ server: DB, error: 'NOT_CONVERGING' }] });
    test.advance(2 * HOUR);
    const { dataReplicationInfo: info } = await test.server(DB);
    expect(info).toMatchObject({
      ...{ dataReplicationState: 'STALLED', lagDuration: 'PT2H' },
      dataReplicationError: { error: 'NOT_CONVERGING' },
    });
    test.endpoint.setFaults({});
    await test.client.send(new RetryDataReplicationCommand({ sourceServerID }));
    expect((await statesOf(test, DB)).at(-1)).toBe('READY_FOR_TEST CONTINUOUS');
  });

  it('S25.8 can be installed again after a disconnect', async () => {
    const test = await withAgents(`${DB},,,20`);
    const sourceServerID = await test.id(DB);
    test.advance(DAY);
    const disconnect = () => test.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    await disconnect();
    expect(stateOf(await test.server(DB))).toBe('DISCONNECTED DISCONNECTED');
    const start = new StartReplicationCommand({ sourceServerID });
    expect(await refusal(test.client.send(start))).toBe('ConflictException');
    await test.endpoint.loadAgents(listOf([`${DB},,,20`]));
    expect(await test.id(DB)).toBe(sourceServerID);
    expect(await statesOf(test, DB)).toEqual([
      'NOT_READY INITIATING',
      'NOT_READY INITIAL_SYNC',
      'NOT_READY CREATING_SNAPSHOT',
      'READY_FOR_TEST CONTINUOUS',
    ]);
    await disconnect();
    await test.client.send(new MarkAsArchivedCommand({ sourceServerID }));
    await test.endpoint.loadAgents(listOf([`${DB},,,20`]));
    const found = await servers(test.client, { replicationTypes: ['AGENT_BASED'] });
    expect(found.map(stateOf).sort()).toEqual(['DISCONNECTED DISCONNECTED', 'NOT_READY INITIATING']);
  });

  it('S25.9 need no slots of shipments', async () => {
    const test = await beginMgn({
      inventory: linuxes(Array.from({ length: 50 }, () => ({ gigabytes: 500 }))),
    });
    for (let i = 0; i < 50; i += 1)
      await test.client.send(new StartReplicationCommand({ sourceServerID: await test.id(`vm${i}`) }));
    test.advance(HOUR);
    const rows = Array.from({ length: 60 }, (_, i) => `agent${i},,,500`);
    await test.endpoint.loadAgents(listOf(rows));
    test.advance(HOUR);
    const states = (await servers(test.client)).map(
      ({ dataReplicationInfo: info }) => info?.dataReplicationState,
    );
    expect(states.filter((state) => state === 'INITIAL_SYNC')).toHaveLength(110);
  });

  it('S25.10 come in a list with reasons for what is left out', async () => {
    const test = await beginMgn({ inventory: linuxes([{}]) });
    const text = `VM,Template,Install After,Imported\na,no,,\n,,,\nt,True,,\nA,0,,\nb,no,soon,\nc,no,1h,wahr\nd,no,never,\ne\nf,,,\ng,no,,x\nh\ufffd,no,,\n`;
    expect(await test.endpoint.loadAgents(text)).toEqual({
      installed: 1,
      awaited: 1,
      never: 1,
      skipped: [
        { line: 3, reason: 'has no name' },
        { line: 4, reason: 'is a template' },
        { line: 5, reason: 'is the same server as line 2' },
        {
          line: 6,
          reason: 'has an Install After that is not a time such as 90s, 30m, 12h or 7d, or "never"',
        },
        { line: 9, reason: 'has 1 cell, and the header has 4' },
        { line: 10, reason: 'has an empty Template' },
        { line: 11, reason: 'has the Imported "x", which is not known' },
        { line: 12, reason: 'has a name with a character that another program has lost (U+FFFD)' },
      ],
    });
    for (const wrong of ['Name\nx', 'Hostname\n', '"x'])
      await expect(test.endpoint.loadAgents(wrong)).rejects.toMatchObject({ code: 'BAD_INVENTORY' });
    const { endpoint } = await begin();
    await expect(endpoint.loadAgents('Hostname\nx')).rejects.toMatchObject({ code: 'NOT_INITIALIZED' });
  });
});
