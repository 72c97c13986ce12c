import { describe, expect, it } from '@jest/globals';
import {
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateConnectorCommand,
  CreateLaunchConfigurationTemplateCommand,
  CreateWaveCommand,
  DescribeReplicationConfigurationTemplatesCommand,
  DescribeVcenterClientsCommand,
  StartExportCommand,
  StartImportCommand,
  StartTestCommand,
} from '@aws-sdk/client-mgn';
import { beginMgn, LINUX, readyForTest, signedForMgn, TEMPLATE, WINDOWS } from '../mgn.ts';
import { begin, DAY, MINUTE, raw, VM } from '../support.ts';
import type { Answer } from '../support.ts';
import { boundaryCasesOf, type Case, casesOf, type Samples } from './cases.ts';
import {
  type Member,
  type Members,
  misfits,
  type Model,
  type Operation,
  readLimits,
  readModel,
  type Type,
} from './model.ts';

/** Errors of the service itself, which any operation may answer with (SPEC.md names those that the model leaves out). */
const COMMON = {
  mgn: [
    'AccessDeniedException',
    'ServiceQuotaExceededException',
    'ThrottlingException',
    'UninitializedAccountException',
    'ValidationException',
  ],
  sms: ['InvalidParameterException', 'MissingRequiredParameterException', 'SerializationException'],
};

/** What one operation was asked, and what it got wrong. */
class Tally {
  operations = 0;
  calls = 0;
  successes = 0;
  checks = 0;
  readonly wrong: string[] = [];

  check(right: boolean, what: () => string): void {
    this.checks += 1;
    if (!right) this.wrong.push(what());
  }

  /** Prints the counts, and fails if a reply was wrong. */
  end(service: string): void {
    const { operations, calls, successes, checks, wrong } = this;
    process.stderr.write(
      `${service}: ${operations} operations, ${calls} calls (${successes} accepted), ${checks} checks, ${wrong.length} failed\n`,
    );
    expect(wrong.slice(0, 40)).toEqual([]);
  }
}

/** Holds an answer to the model: the members of an output, or an error that the model declares. */
function hold(
  tally: Tally,
  operation: Operation,
  { what, wrong }: Case,
  { status, code, body }: { readonly status: number; readonly code: string; readonly body: unknown },
  {
    problems,
    refusals,
    common,
  }: {
    readonly problems: (body: unknown) => readonly string[];
    /** The errors that a wrong member is refused with. */
    readonly refusals: readonly string[];
    readonly common: readonly string[];
  },
): void {
  const at = `${operation.name}, ${what}: ${status} ${code}`;
  tally.calls += 1;
  tally.check(status < 500, () => at);
  if (status < 300) {
    tally.successes += 1;
    tally.check(wrong === undefined, () => `${at} is accepted`);
    const found = problems(body);
    tally.check(found.length === 0, () => `${at}: ${found.slice(0, 3).join('; ')}`);
    return;
  }
  tally.check([...operation.errors, ...common].includes(code), () => `${at} is not declared`);
  if (wrong !== undefined) tally.check(refusals.includes(code), () => `${at} is not about ${wrong}`);
}

/** Operations that end what others need come last. */
const isLate = ({ name }: Operation) =>
  /^(Delete|Archive|Disconnect|Disassociate|Finalize|MarkAs|Stop|Terminate)/.test(name);

const inOrder = (operations: readonly Operation[]) =>
  [...operations].sort((a, b) => Number(isLate(a)) - Number(isLate(b)));

describe('the published models', () => {
  it('are what the operations of MGN conform to', async () => {
    const model = readModel('client-mgn');
    const limits = readLimits('mgn', '2020-02-26');
    const test = await beginMgn();
    const { client } = test;
    const [ready = '', busy = ''] = await readyForTest(test, LINUX, WINDOWS);
    const { job } = await client.send(new StartTestCommand({ sourceServerIDs: [busy] }));
    test.advance(DAY);
    const { applicationID, arn } = await client.send(new CreateApplicationCommand({ name: 'conformance' }));
    const { waveID } = await client.send(new CreateWaveCommand({ name: 'conformance' }));
    await client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [ready] }));
    const { launchConfigurationTemplateID } = await client.send(
      new CreateLaunchConfigurationTemplateCommand({}),
    );
    const { items: [template] = [] } = await client.send(
      new DescribeReplicationConfigurationTemplatesCommand({}),
    );
    const { connectorID, arn: connectorArn } = await client.send(
      new CreateConnectorCommand({ name: 'conformance', ssmInstanceID: 'mi-0123456789abcdef0' }),
    );
    const { items: clients = [] } = await client.send(new DescribeVcenterClientsCommand({}));
    for (const [path, body] of [
      ['/inventory', ''],
      ['/inventory/in.csv', 'mgn:app:name\nimported\n'],
    ] as const) {
      await raw(test.endpoint.url, { method: 'PUT', path, headers: signedForMgn('s3'), body });
    }
    const file = { s3Bucket: 'inventory', s3Key: 'in.csv' };
    const { importTask: { importID } = {} } = await client.send(
      new StartImportCommand({ s3BucketSource: file }),
    );
    const { exportTask: { exportID } = {} } = await client.send(new StartExportCommand(file));
    test.advance(DAY);
    const values: Record<string, unknown> = {
      ...{ sourceServerID: ready, sourceServerIDs: [ready], applicationID, applicationIDs: [applicationID] },
      ...{ waveID, waveIDs: [waveID], jobID: job?.jobID, jobIDs: [job?.jobID], resourceArn: arn },
      ...{ launchConfigurationTemplateID, launchConfigurationTemplateIDs: [launchConfigurationTemplateID] },
      replicationConfigurationTemplateID: template?.replicationConfigurationTemplateID,
      replicationConfigurationTemplateIDs: [template?.replicationConfigurationTemplateID],
      ...{ accountID: '000000000000', nextToken: '', arn: template?.arn, tagKeys: ['key'] },
      ...{
        stagingAreaSubnetId: TEMPLATE.stagingAreaSubnetId,
        ebsEncryptionKeyArn: `arn:aws:kms:us-west-2:000000000000:key/a`,
      },
      replicationServersSecurityGroupsIDs: TEMPLATE.replicationServersSecurityGroupsIDs,
      ...{
        fromDate: '2018-11-07T17:48:00Z',
        toDate: '2038-11-07T17:48:00Z',
        deviceName: '/dev/sda',
        ebsEncryption: 'CUSTOM',
      },
      ...{ iops: 3000, throughput: 200, timeoutSeconds: 60 },
      ...{ connectorID, connectorIDs: [connectorID], ssmInstanceID: 'mi-0123456789abcdef0', connectorArn },
      ...{ importID, importIDs: [importID], exportID, exportIDs: [exportID] },
      ...{ s3Bucket: 'inventory', s3Key: 'in.csv', s3BucketOwner: '000000000000' },
      credentialsSecretArn: 'arn:aws:secretsmanager:us-west-2:000000000000:secret:erp',
      vcenterClientID: clients[0]?.vcenterClientID,
    };
    let names = 0;
    const samples: Samples = (member, operation) =>
      member === 'name' && /Application|Wave/.test(operation) ? `name ${(names += 1)}` : values[member];
    const tally = new Tally();
    const call = async (
      { method, path }: Operation,
      input: Readonly<Record<string, unknown>>,
    ): Promise<Answer> => {
      const { resourceArn, ...rest } = input;
      const query = new URLSearchParams(
        method === 'POST'
          ? []
          : Object.entries(rest).flatMap(([key, value]) =>
              [value].flat().map((one): [string, string] => [key, String(one)]),
            ),
      ).toString();
      return raw(test.endpoint.url, {
        method,
        path:
          path.replace('{resourceArn}', encodeURIComponent(String(resourceArn))) +
          (query === '' ? '' : `?${query}`),
        headers: signedForMgn(),
        ...(method === 'POST' && { body: JSON.stringify(path.includes('{') ? rest : input) }),
      });
    };
    for (const operation of inOrder(model.operations)) {
      tally.operations += 1;
      const generated = casesOf(model, operation, samples);
      const [least, most] = generated;
      const all = [
        ...generated,
        ...(limits === undefined
          ? []
          : boundaryCasesOf(operation, limits, least?.input ?? {}, most?.input ?? {})),
      ];
      // What is in a path or a query is text, whatever it is in the model.
      const sent =
        operation.method === 'POST' && !operation.path.includes('{')
          ? all
          : all.filter(({ wrong }) => wrong === undefined);
      for (const one of sent) {
        const answer = await call(operation, one.input as Record<string, unknown>);
        const code = String(answer.headers['x-amzn-errortype'] ?? '');
        // Imports and exports run one after the other.
        if (/^Start(Import|Export)$/.test(operation.name)) test.advance(MINUTE);
        tally.check(code !== 'UnknownOperationException', () => `${operation.name} is not served`);
        hold(
          tally,
          operation,
          one,
          { status: answer.status, code, body: answer.text === '' ? {} : answer.body },
          {
            problems: (body) => misfits(model, operation.output, body),
            refusals: ['ValidationException'],
            common: COMMON.mgn,
          },
        );
      }
    }
    tally.end(`MGN${limits === undefined ? ' (without limits: no botocore)' : ''}`);
    expect(tally.operations).toBeGreaterThan(60);
  }, 240_000);

  it('are what the operations of SMS conform to', async () => {
    const model = readModel('client-sms');
    const test = await begin();
    const replicationJobId = await test.create();
    test.advance(DAY);
    const { connectorList: [connector] = [] } = await test.ok('GetConnectors');
    const group = { name: 'web', serverList: [{ serverId: VM }] };
    const { appSummary: { appId } = {}, serverGroups = [] } = (await test.ok('CreateApp', {
      serverGroups: [group],
    })) as {
      readonly appSummary?: { readonly appId?: string };
      readonly serverGroups?: readonly { readonly serverGroupId?: string }[];
    };
    await test.ok('PutAppValidationConfiguration', {
      appId,
      appValidationConfigurations: [{ validationId: 'val-1' }],
    });
    const values: Record<string, unknown> = {
      ...{ appId, appIds: [appId], serverGroupId: serverGroups[0]?.serverGroupId, validationId: 'val-1' },
      ...{ executionTimeoutSeconds: 60, numberOfRecentAmisToKeep: 3 },
      ...{ seedTime: 1_541_612_880, clientToken: 'token' },
      ...{ serverId: VM, replicationJobId, connectorId: connector?.connectorId, nextToken: '' },
      ...{
        seedReplicationTime: 1_541_612_880,
        nextReplicationRunStartTime: 1_641_612_880,
        frequency: 12,
        runOnce: false,
      },
      ...{ encrypted: true, kmsKeyId: 'alias/a', vmManagerId: 'AAAA', vmId: 'vm-1' },
    };
    const tally = new Tally();
    for (const operation of inOrder(model.operations)) {
      tally.operations += 1;
      for (const one of casesOf(model, operation, (member) => values[member])) {
        const { status, body } = await test.call(operation.name, one.input);
        const code = body.__type ?? '';
        tally.check(code !== 'UnknownOperationException', () => `${operation.name} is not served`);
        hold(
          tally,
          operation,
          one,
          { status, code, body },
          {
            problems: (output) => misfits(model, operation.output, output),
            refusals: COMMON.sms,
            common: COMMON.sms,
          },
        );
      }
    }
    tally.end('SMS');
    expect(tally.operations).toBeGreaterThan(30);
  }, 120_000);

  it('are what the operations of EC2 conform to', async () => {
    const model = readModel('client-ec2');
    const test = await beginMgn();
    const sourceServerIDs = await readyForTest(test, LINUX);
    await test.client.send(new StartTestCommand({ sourceServerIDs }));
    test.advance(DAY);
    const ask = async (form: string) =>
      raw(test.endpoint.url, {
        headers: { ...signedForMgn('ec2'), 'content-type': 'application/x-www-form-urlencoded' },
        body: `${form}&Version=2016-11-15`,
      });
    const tally = new Tally();
    for (const action of ['DescribeInstances', 'DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions']) {
      tally.operations += 1;
      tally.calls += 1;
      const versions = action === 'DescribeLaunchTemplateVersions' ? '&LaunchTemplateVersion.1=$Default' : '';
      const { status, text } = await ask(`Action=${action}${versions}`);
      tally.check(status === 200, () => text);
      if (status === 200) tally.successes += 1;
      const output =
        model.operations.find(({ name }) => name === action)?.output ?? new Map<string, Member>();
      const members = namesWithin(model, output);
      for (const name of new Set([...text.matchAll(/<(\w+)[ />]/g)].map(([, found = '']) => found))) {
        const there = name === `${action}Response` || ['item', 'requestId'].includes(name);
        tally.check(
          there || spellings(name).some((one) => members.has(one)),
          () => `${action}: <${name}> is unknown`,
        );
      }
    }
    for (const [form, code] of [
      ['Action=RunInstances', 'InvalidAction'],
      ['Action=DescribeInstances&InstanceId.1=i-0123456789abcdef0', 'InvalidInstanceID.NotFound'],
    ] as const) {
      const answer = await ask(form);
      tally.calls += 1;
      tally.check(answer.status === 400 && answer.text.includes(`<Code>${code}</Code>`), () => answer.text);
    }
    tally.end('EC2');
  }, 120_000);
});

/** Returns the names of all members of an output and of the structures in it, in lower case. */
function namesWithin(model: Model, output: Members): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const add = (members: Members) => {
    for (const [name, { type }] of members) {
      names.add(name.toLowerCase());
      let inner: Type = type;
      while (inner.kind === 'list' || inner.kind === 'map') inner = inner.of;
      if (inner.kind !== 'structure' || seen.has(inner.name)) continue;
      seen.add(inner.name);
      add(model.membersOf(inner.name));
    }
  };
  add(output);
  return names;
}

/** Names on the wire of EC2 that differ from those in its model. */
const WIRE_NAMES: Readonly<Record<string, string>> = { instanceState: 'state' };

/** Returns the names that a member may have in the model: on the wire, the name of a list often ends in Set. */
function spellings(element: string): string[] {
  const name = (WIRE_NAMES[element] ?? element).toLowerCase();
  const one = name.replace(/set$/, '');
  return [name, one, `${one}s`];
}
