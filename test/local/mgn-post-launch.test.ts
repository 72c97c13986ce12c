import {
  ChangeServerLifeCycleStateCommand,
  CreateLaunchConfigurationTemplateCommand,
  FinalizeCutoverCommand,
  ListSourceServerActionsCommand,
  ListTemplateActionsCommand,
  type ParticipatingServer,
  PutSourceServerActionCommand,
  PutTemplateActionCommand,
  RemoveSourceServerActionCommand,
  RemoveTemplateActionCommand,
  StartCutoverCommand,
  StartReplicationCommand,
  StartTestCommand,
  UpdateLaunchConfigurationCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, type MgnTest, readyForTest, refusal, WINDOWS } from './mgn.ts';
import { HOUR, MINUTE } from './support.ts';

const ACTION = { actionName: 'Harden', documentIdentifier: 'AWS-RunShellScript' };

const serverCalls = ({ client }: MgnTest, sourceServerID: string) => ({
  put: (actionID: string, order: number, more: object = {}) =>
    client.send(new PutSourceServerActionCommand({ sourceServerID, actionID, order, ...ACTION, ...more })),
  list: async (more: object = {}) =>
    (await client.send(new ListSourceServerActionsCommand({ sourceServerID, ...more }))).items ?? [],
  remove: (actionID: string) =>
    client.send(new RemoveSourceServerActionCommand({ sourceServerID, actionID })),
});

const ids = (items: readonly { readonly actionID?: string }[]) => items.map(({ actionID }) => actionID);

async function latest(test: MgnTest): Promise<ParticipatingServer> {
  const [job] = await test.jobs();
  const [server] = job?.participatingServers ?? [];
  if (server === undefined) throw new Error('there is no job');
  return server;
}

describe('post-launch actions of MGN', () => {
  it('S27.1 are added, replaced, listed by order and removed', async () => {
    const test = await beginMgn();
    const { put, list, remove } = serverCalls(test, await test.id(LINUX));
    expect(await list()).toEqual([]);
    await put('late', 2000, { mustSucceedForCutover: true, timeoutSeconds: 60 });
    expect(await put('early', 1001)).toMatchObject({ actionID: 'early', active: true, ...ACTION });
    expect(ids(await list())).toEqual(['early', 'late']);
    await put('early', 3000, { active: false });
    const items = await list();
    expect(ids(items)).toEqual(['late', 'early']);
    expect(items).toMatchObject([{ mustSucceedForCutover: true, timeoutSeconds: 60 }, { active: false }]);
    expect(ids(await list({ filters: { actionIDs: ['early'] } }))).toEqual(['early']);
    expect(ids(await list({ maxResults: 1 }))).toEqual(['late']);
    await remove('late');
    expect(ids(await list())).toEqual(['early']);
    expect(await refusal(remove('late'))).toBe('ResourceNotFoundException');
    const missing = serverCalls(test, 's-0123456789abcdef0');
    expect(await refusal(missing.put('a', 1001))).toBe('ResourceNotFoundException');
    expect(await refusal(missing.list())).toBe('ResourceNotFoundException');
  });

  it('S27.2 have orders of their own', async () => {
    const test = await beginMgn();
    const { put } = serverCalls(test, await test.id(LINUX));
    await put('one', 1001);
    expect(await refusal(put('two', 1001))).toBe('ConflictException');
    for (const order of [1000, 10_001]) expect(await refusal(put('two', order))).toBe('ValidationException');
    for (const order of [1001, 10_000]) expect(await refusal(put('one', order))).toBe('accepted');
    expect(await refusal(put('two.', 1002))).toBe('ValidationException');
    expect(await refusal(put('two', 1002, { documentVersion: 'latest' }))).toBe('ValidationException');
  });

  it('S27.3 come from the template until the server has its own', async () => {
    const test = await beginMgn();
    const { client } = test;
    const made = await client.send(new CreateLaunchConfigurationTemplateCommand({}));
    const template = { launchConfigurationTemplateID: made.launchConfigurationTemplateID ?? '' };
    const put = (actionID: string, order: number, more: object = {}) =>
      client.send(new PutTemplateActionCommand({ ...template, actionID, order, ...ACTION, ...more }));
    await put('all', 1001);
    await put('win', 1002, { operatingSystem: 'windows' });
    expect(ids((await client.send(new ListTemplateActionsCommand(template))).items ?? [])).toEqual([
      'all',
      'win',
    ]);
    const [linux, windows] = [await test.id(LINUX), await test.id(WINDOWS)];
    expect(ids(await serverCalls(test, linux).list())).toEqual(['all']);
    expect(ids(await serverCalls(test, windows).list())).toEqual(['all', 'win']);
    await client.send(new StartReplicationCommand({ sourceServerID: linux }));
    await client.send(new RemoveTemplateActionCommand({ ...template, actionID: 'all' }));
    expect(ids(await serverCalls(test, linux).list())).toEqual(['all']);
    expect(ids(await serverCalls(test, windows).list())).toEqual(['win']);
    const none = { launchConfigurationTemplateID: 'lct-0123456789abcdef0', actionID: 'all' };
    expect(await refusal(client.send(new RemoveTemplateActionCommand(none)))).toBe(
      'ResourceNotFoundException',
    );
  });

  async function launched(deployment: 'TEST_AND_CUTOVER' | 'CUTOVER_ONLY', test: MgnTest) {
    const [id = ''] = await readyForTest(test, LINUX);
    const ssmDocuments = [{ actionName: 'Agent', ssmDocumentName: 'AWS-ConfigureAWSPackage' }];
    await test.client.send(
      new UpdateLaunchConfigurationCommand({
        sourceServerID: id,
        postLaunchActions: { deployment, ssmDocuments },
      }),
    );
    const { put } = serverCalls(test, id);
    await put('harden', 1001, { mustSucceedForCutover: true });
    await put('off', 1002, { active: false });
    await test.client.send(new StartTestCommand({ sourceServerIDs: [id] }));
    test.advance(15 * MINUTE);
    return id;
  }

  it('S27.4 run after the launch, one after the other', async () => {
    const test = await beginMgn();
    await launched('TEST_AND_CUTOVER', test);
    expect((await latest(test)).postLaunchActionsStatus).toEqual({ postLaunchActionsLaunchStatusList: [] });
    const seen: string[] = [];
    for (let step = 0; step < 80; step += 1) {
      const { ssmAgentDiscoveryDatetime: found, postLaunchActionsLaunchStatusList: list = [] } =
        (await latest(test)).postLaunchActionsStatus ?? {};
      const text = list.map((one) => `${one.ssmDocument?.actionName ?? ''} ${one.executionStatus ?? ''}`);
      if (found !== undefined && seen.at(-1) !== text.join(', ')) seen.push(text.join(', '));
      test.advance(15_000);
    }
    expect(seen).toEqual([
      'Agent IN_PROGRESS, Harden IN_PROGRESS',
      'Agent SUCCESS, Harden IN_PROGRESS',
      'Agent SUCCESS, Harden SUCCESS',
    ]);
    const other = await beginMgn();
    await launched('CUTOVER_ONLY', other);
    other.advance(HOUR);
    expect((await latest(other)).postLaunchActionsStatus).toBeUndefined();
  });

  it('S27.5 S27.6 keep a cutover from being finalized if they fail', async () => {
    const test = await beginMgn({
      faults: { postLaunchFailures: [{ server: LINUX, action: 'hard*', of: 'cutover', message: 'exit 1' }] },
    });
    const id = await launched('TEST_AND_CUTOVER', test);
    const [one, many] = [{ sourceServerID: id }, { sourceServerIDs: [id] }];
    test.advance(HOUR);
    const states = async () =>
      (await latest(test)).postLaunchActionsStatus?.postLaunchActionsLaunchStatusList?.map(
        ({ executionStatus, failureReason }) => [executionStatus, failureReason],
      );
    expect(await states()).toEqual([
      ['SUCCESS', undefined],
      ['SUCCESS', undefined],
    ]);
    const lifeCycle = { state: 'READY_FOR_CUTOVER' } as const;
    await test.client.send(new ChangeServerLifeCycleStateCommand({ ...one, lifeCycle }));
    await test.client.send(new StartCutoverCommand(many));
    const finalize = () => test.client.send(new FinalizeCutoverCommand(one));
    test.advance(15 * MINUTE);
    await expect(finalize()).rejects.toMatchObject({ name: 'ConflictException' });
    test.advance(HOUR);
    expect(await states()).toEqual([
      ['SUCCESS', undefined],
      ['FAILED', 'exit 1'],
    ]);
    expect(await refusal(finalize())).toBe('ConflictException');
    test.endpoint.setFaults({});
    await test.client.send(new StartCutoverCommand(many));
    test.advance(HOUR);
    expect(await refusal(finalize())).toBe('accepted');
  });
});
