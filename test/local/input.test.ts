import { describe, expect, it } from '@jest/globals';
import { begin, raw, signed, VM } from './support.ts';

const CREATE = { serverId: VM, seedReplicationTime: 1541612880, frequency: 12 };
const UPDATE = { replicationJobId: 'sms-job-5691743f' };

async function refusal(operation: string, input: object): Promise<readonly [string | undefined, string]> {
  const { status, body } = await (await begin()).call(operation, input);
  expect(status).toBe(400);
  return [body.__type, body.message ?? ''];
}

describe('input', () => {
  it.each([
    ['CreateReplicationJob', { ...CREATE, frequency: '12' }, 'frequency'],
    ['CreateReplicationJob', { ...CREATE, frequency: 1.5 }, 'frequency'],
    [
      'CreateReplicationJob',
      { ...CREATE, seedReplicationTime: '2018-11-07T09:48-08:00' },
      'seedReplicationTime',
    ],
    ['CreateReplicationJob', { ...CREATE, runOnce: 'true' }, 'runOnce'],
    ['CreateReplicationJob', { ...CREATE, serverId: 4 }, 'serverId'],
    ['CreateReplicationJob', { ...CREATE, encrypted: 1 }, 'encrypted'],
    ['UpdateReplicationJob', { ...UPDATE, description: {} }, 'description'],
    ['UpdateReplicationJob', { ...UPDATE, nextReplicationRunStartTime: true }, 'nextReplicationRunStartTime'],
    ['GetServers', { vmServerAddressList: 'all' }, 'vmServerAddressList'],
    ['GetServers', { vmServerAddressList: [{ vmId: 7 }] }, 'vmServerAddressList.0.vmId'],
    ['GetConnectors', { nextToken: 1 }, 'nextToken'],
    ['StartOnDemandReplicationRun', { replicationJobId: [] }, 'replicationJobId'],
  ])('S3.1 refuses a mistyped member: %s %j', async (operation, input, member) => {
    const [code, message] = await refusal(operation, input);
    expect(code).toBe('SerializationException');
    expect(message).toMatch(new RegExp(`^${member} `));
  });

  it.each([
    ['CreateReplicationJob', { seedReplicationTime: 1 }, 'serverId'],
    ['CreateReplicationJob', { serverId: VM }, 'seedReplicationTime'],
    ['CreateReplicationJob', { ...CREATE, serverId: null }, 'serverId'],
    ['UpdateReplicationJob', { frequency: 3 }, 'replicationJobId'],
    ['DeleteReplicationJob', {}, 'replicationJobId'],
    ['GetReplicationRuns', {}, 'replicationJobId'],
    ['StartOnDemandReplicationRun', {}, 'replicationJobId'],
    ['DisassociateConnector', {}, 'connectorId'],
  ])('S3.2 names the member that is missing: %s %j', async (operation, input, member) => {
    expect(await refusal(operation, input)).toEqual([
      'MissingRequiredParameterException',
      `Missing required parameter ${member}.`,
    ]);
  });

  it.each([
    ['CreateReplicationJob', { ...CREATE, licenseType: 'Auto' }, '"Auto" at \'licenseType\''],
    ['CreateReplicationJob', { ...CREATE, frequency: -5 }, "-5 at 'frequency'"],
    ['CreateReplicationJob', { ...CREATE, frequency: 25 }, "25 at 'frequency'"],
    ['CreateReplicationJob', { ...CREATE, serverId: '' }, '"" at \'serverId\''],
    ['CreateReplicationJob', { ...CREATE, seedReplicationTime: -1 }, "-1 at 'seedReplicationTime'"],
    ['CreateReplicationJob', { ...CREATE, seedReplicationTime: 1e300 }, "1e+300 at 'seedReplicationTime'"],
    [
      'CreateReplicationJob',
      { ...CREATE, numberOfRecentAmisToKeep: 271 },
      "271 at 'numberOfRecentAmisToKeep'",
    ],
    ['CreateReplicationJob', { ...CREATE, roleName: '' }, '"" at \'roleName\''],
    ['UpdateReplicationJob', { ...UPDATE, licenseType: 'byol' }, '"byol" at \'licenseType\''],
    ['UpdateReplicationJob', { ...UPDATE, frequency: 0 }, "0 at 'frequency'"],
    ['GetReplicationJobs', { replicationJobId: '' }, '"" at \'replicationJobId\''],
    ['DisassociateConnector', { connectorId: '' }, '"" at \'connectorId\''],
  ])('S3.3 names member and value: %s %j', async (operation, input, place) => {
    const [code, message] = await refusal(operation, input);
    expect(code).toBe('InvalidParameterException');
    expect(message).toContain(`Value ${place}`);
  });

  it('S3.3 cuts long values in messages', async () => {
    const [, message] = await refusal('CreateReplicationJob', {
      ...CREATE,
      licenseType: 'x'.repeat(500_000),
    });
    expect(message.length).toBeLessThan(300);
  });

  it('S3.4 reports the errors of a request in order', async () => {
    const { endpoint } = await begin();
    const wrong = { ...CREATE, serverId: undefined, frequency: '1', licenseType: 'GPL', runOnce: true };
    const steps: [Record<string, string>, string][] = [
      [{ ...signed('CreateNothing'), authorization: 'none' }, 'no JSON'],
      [{ ...signed('CreateReplicationJob'), authorization: 'none' }, 'no JSON'],
      [signed('CreateReplicationJob'), 'no JSON'],
      [signed('CreateReplicationJob'), JSON.stringify(wrong)],
      [signed('CreateReplicationJob'), JSON.stringify({ ...wrong, frequency: 1 })],
      [signed('CreateReplicationJob'), JSON.stringify({ ...wrong, frequency: 1, serverId: 's-00000000' })],
      [signed('CreateReplicationJob'), JSON.stringify({ ...CREATE, serverId: 's-00000000' })],
    ];
    const codes: (string | undefined)[] = [];
    for (const [headers, body] of steps) codes.push((await raw(endpoint.url, { headers, body })).body.__type);
    expect(codes).toEqual([
      'UnknownOperationException',
      'IncompleteSignatureException',
      'SerializationException',
      'SerializationException',
      'MissingRequiredParameterException',
      'InvalidParameterException',
      'InvalidParameterException',
    ]);
  });
});
