import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { operationsOf, policy, statements } from '../../docs/policies.ts';
import { LINUX } from '../../local/mgn.ts';
import { DAY, HOUR } from '../../local/support.ts';
import { beginAccount, beginFresh, EVERYTHING, OWNER, SCOPE } from './account.ts';

const named = (operations: Iterable<string>): readonly string[] =>
  [...new Set(operations)].map((operation) => `mgn:${operation}`).toSorted();

/** Each operation's permission has the operation's name (AWS Service Authorization Reference). */
const CALLED = operationsOf('@aws-sdk/client-mgn');

describe('the policies for AWS MGN in docs/security.md', () => {
  it('let the plan role do what looking takes, and nothing else', async () => {
    const account = await beginAccount();
    const provider = account.open();
    const request = await account.request(LINUX);
    await provider.create(request);
    account.endpoint.advance(DAY);
    account.endpoint.setFaults({ launchFailures: [{ server: LINUX }] });
    const { serverId: id, settings } = request;
    await provider.takeSteps('StartTest', [{ id, serverId: id, settings, owner: OWNER }]);
    account.endpoint.advance(HOUR);

    account.door.calls.length = 0;
    const vms = [{ reference: { name: LINUX }, settings: EVERYTHING }];
    await account.open().observe({ ...SCOPE, vms, adopt: true });
    expect(policy('mgn-plan-policy')).toEqual(named(account.door.calls.map(({ operation }) => operation)));
  });

  it('let the apply role do everything that the code calls, and nothing else', () => {
    expect(CALLED.length).toBeGreaterThan(30);
    expect(policy('mgn-apply-policy')).toEqual(named(CALLED));
  });

  it('have what reads the quotas in a statement of its own', () => {
    expect(policy('mgn-quotas-policy')).toEqual(['servicequotas:ListServiceQuotas']);
  });

  it('keep apart what only `landfall mgn init` takes', async () => {
    const account = await beginFresh();
    await account
      .open()
      .setUp({ 'mgn.replication.stagingAreaSubnetId': 'subnet-0123456789abcdef0' }, { project: 'ucop' });
    const [apply, init] = statements('mgn-apply-policy').map(({ Action }) => [Action].flat());
    expect(init?.every((action) => /Initialize|Template/.test(action))).toBe(true);
    const taken = named(account.door.calls.map(({ operation }) => operation));
    expect([...(apply ?? []), ...(init ?? [])]).toEqual(expect.arrayContaining([...taken]));
    // A pipeline that only applies needs none of the second statement, but for looking at the template.
    expect(apply?.filter((action) => /Template/.test(action))).toEqual([
      'mgn:DescribeReplicationConfigurationTemplates',
    ]);
  });

  it('let roles read and change the launch templates of MGN, and no others', () => {
    const read = ['ec2:DescribeLaunchTemplateVersions', 'ec2:DescribeSubnets'];
    const source = readFileSync(
      new URL('../../../src/providers/mgn/launch/templates.ts', import.meta.url),
      'utf8',
    );
    const called = [...source.matchAll(/new (\w+)Command\(|\bpaginate(\w+)\(/g)].map(
      ([, sent, listed]) => `ec2:${sent ?? listed ?? ''}`,
    );
    expect(policy('mgn-templates-plan-policy')).toEqual(read);
    expect(policy('mgn-templates-apply-policy')).toEqual([...new Set(called)].toSorted());
    const changing = statements('mgn-templates-apply-policy').filter(({ Resource }) => Resource !== '*');
    expect(JSON.stringify(changing)).toContain('aws:ResourceTag/AWSApplicationMigrationServiceManaged');
  });
});
