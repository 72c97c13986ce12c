import { StartReplicationCommand, TagResourceCommand } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../../src/core/desired.ts';
import { toServerId } from '../../../src/core/names.ts';
import type { ScopedVm } from '../../../src/core/observed.ts';
import type { Clock } from '../../../src/core/time.ts';
import { LINUX, servers } from '../../local/mgn.ts';
import { type Account, beginAccount, EVERYTHING, operations, OWNER, SCOPE, withJob } from './account.ts';
import { callsOf } from './front-door.ts';

const POST_LAUNCH = {
  'mgn.postLaunch.deployment': 'TEST_AND_CUTOVER',
  'mgn.postLaunch.ssmDocuments.patch.ssmDocumentName': 'AWS-Patch',
};
const TEMPLATE = { 'mgn.launch.template.keyName': 'ops', 'mgn.launch.template.tags.team': 'scrum' };

const reads = async (account: Account, vms: readonly ScopedVm[]) => {
  account.door.calls.length = 0;
  const { jobs } = await account.open().observe({ ...SCOPE, vms });
  const configurations = operations(account).filter((one) => /^Get|LaunchTemplate/.test(one));
  return { settings: jobs[0]?.settings ?? {}, configurations };
};

/** Servers of ours that replicate, and what git says of them. */
async function withServers(count: number, settings: Settings) {
  const account = await beginAccount({ mgn: { quotas: { replicatingServers: count } } });
  const rows = Array.from({ length: count }, (_, index) => `vm${index},vm-${index},A`);
  await account.endpoint.load(['VM,VM ID,VI SDK UUID', ...rows].join('\n'));
  const tags = { 'landfall:project': OWNER.project, 'landfall:wave': OWNER.wave };
  for (const { sourceServerID, arn } of await servers(account.client)) {
    await account.client.send(new StartReplicationCommand({ sourceServerID }));
    await account.client.send(new TagResourceCommand({ resourceArn: arn, tags }));
  }
  account.door.calls.length = 0;
  const vms = rows.map((_, index): ScopedVm => ({ reference: { name: `vm${index}` }, settings }));
  return { account, vms };
}

describe('the settings of a server of AWS MGN', () => {
  it('are read where git names them, with the same values as if all were read', async () => {
    const { account } = await withJob({ ...EVERYTHING, ...POST_LAUNCH, ...TEMPLATE });
    const whole = (await account.open().observe(SCOPE)).jobs[0]?.settings ?? {};
    expect(Object.keys(whole)).toEqual(
      expect.arrayContaining(Object.keys({ ...EVERYTHING, ...POST_LAUNCH, ...TEMPLATE })),
    );
    for (const [name, value] of Object.entries(whole)) {
      // Staging disks are always encrypted: the setting is not compared.
      if (name === 'encrypted') continue;
      const { settings, configurations } = await reads(account, [
        { reference: { name: LINUX }, settings: { [name]: value } },
      ]);
      expect([name, settings[name]]).toEqual([name, value]);
      // Documents that git has written have the launch configuration read, to remove them once git names them no longer.
      const further = configurations.filter((one) => one !== 'GetLaunchConfiguration');
      expect(further.length).toBeLessThanOrEqual(1);
    }
  });

  it.each<[string, Settings, readonly string[]]>([
    ['nothing but its group', { app: 'payroll', description: 'x', encrypted: true }, []],
    ['the licence of its system', { licenseType: 'Auto' }, []],
    ['a licence', { licenseType: 'BYOL' }, ['GetLaunchConfiguration']],
    ['a launch setting', { 'mgn.launch.copyTags': true }, ['GetLaunchConfiguration']],
    ['a replication setting', { kmsKeyId: 'k' }, ['GetReplicationConfiguration']],
    ['its template', TEMPLATE, ['GetLaunchConfiguration', 'DescribeLaunchTemplateVersions']],
  ])('cost a call for each configuration where git names %s', async (_, settings, calls) => {
    const { account } = await withJob();
    expect((await reads(account, [{ reference: { name: LINUX }, settings }])).configurations).toEqual(calls);
  });

  it('are read whichever identifier git has, and not for another VM', async () => {
    const { account, id } = await withJob();
    const settings = { 'mgn.launch.copyTags': true };
    for (const reference of [
      { serverId: toServerId(id) },
      { name: LINUX },
      { name: `${LINUX}.sdsc.xxxx.xxx` },
      { path: `/Datacenters/SDSC/vm/${LINUX}` },
      { vmWareUuid: '42084E4D-BBDA-CDAC-A2DF-47DCE5ABB359' },
    ]) {
      const { configurations } = await reads(account, [{ reference, settings }]);
      expect([reference, configurations]).toEqual([reference, ['GetLaunchConfiguration']]);
    }
    expect((await reads(account, [{ reference: { name: 'other' }, settings }])).configurations).toEqual([]);
  });

  it('include launch templates for one call for 200 servers', async () => {
    const { account, vms } = await withServers(210, TEMPLATE);
    const { jobs } = await account.open().observe({ ...SCOPE, vms });
    expect(jobs.filter(({ settings }) => settings['mgn.launch.name'] !== undefined)).toHaveLength(210);
    expect(callsOf(account.door, 'GetReplicationConfiguration')).toEqual([]);
    expect(callsOf(account.door, 'DescribeLaunchTemplateVersions')).toHaveLength(2);
  });

  it('are all read where calls are throttled more often than the SDK repeats them', async () => {
    const { account, vms } = await withServers(150, { 'mgn.launch.copyTags': true });
    const operations = ['GetLaunchConfiguration'];
    account.endpoint.setFaults({ throttling: { rate: 0.75, operations } });
    // Calls that wait at the same time do not wait one after the other.
    const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
    const { jobs } = await account.open({ clock, apiRequests: 50 }).observe({ ...SCOPE, vms });
    expect(jobs.filter(({ settings }) => 'mgn.launch.copyTags' in settings)).toHaveLength(150);
  });

  it('are all read where the service throttles, and the reading tells how far it is', async () => {
    const { account, vms } = await withServers(200, { 'mgn.launch.copyTags': true });
    const operations = ['GetLaunchConfiguration'];
    account.endpoint.setFaults({ rateLimits: [{ perSecond: 50, burst: 20, operations }] });
    // Time passes while the client waits.
    const clock: Clock = {
      now: () => account.clock.now(),
      sleep(milliseconds) {
        account.clock.pass(milliseconds);
        return Promise.resolve();
      },
    };
    const seen: string[] = [];
    const { jobs } = await account.open({ clock }).observe({
      ...{ ...SCOPE, vms },
      onRead: (done, total) => seen.push(`${done} of ${total}`),
    });
    expect(jobs.filter(({ settings }) => 'mgn.launch.copyTags' in settings)).toHaveLength(200);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => `${index + 1} of 200`));
    expect(callsOf(account.door, 'GetLaunchConfiguration').length).toBeGreaterThan(200);
  });
});
