import {
  CreateReplicationConfigurationTemplateCommand,
  DescribeReplicationConfigurationTemplatesCommand,
} from '@aws-sdk/client-mgn';
import { expect, it } from '@jest/globals';
import { serviceException } from '../sms/mocked.ts';
import { mockedProvider } from './mocked.ts';

const SUBNET = { 'mgn.replication.stagingAreaSubnetId': 'subnet-00000001' };

it.each([
  [1, []],
  [4, [1000, 2000, 4000]],
])('a service that refuses %i looks before it is ready is waited for', async (refusals, slept) => {
  const { mgn, provider, clock } = mockedProvider();
  let looks = 0;
  mgn.on(DescribeReplicationConfigurationTemplatesCommand).callsFake(() => {
    looks += 1;
    if (looks <= refusals) throw serviceException('UninitializedAccountException');
    return {};
  });
  const steps = await provider.setUp(SUBNET, { project: 'ucop' });
  expect(steps.map(({ done }) => done)).toEqual(['created', 'created', 'created']);
  expect(clock.slept).toEqual(slept);
  expect(mgn.commandCalls(CreateReplicationConfigurationTemplateCommand)).toHaveLength(1);
});
