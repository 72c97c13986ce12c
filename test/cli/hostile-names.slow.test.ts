import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HIDDEN_CHARACTER } from '../../src/core/names.ts';
import { refuse, Wire, type WireCall } from '../providers/sms/wire.ts';
import { TRICKS } from '../report/markdown/hostile.ts';
import { COMMANDS } from '../report/runner-commands.ts';
import { expectHarmless, expectSound, formatManifest } from './harmless.ts';
import { CREDENTIALS } from './relayed.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const NAMES = [
  ...TRICKS,
  ...COMMANDS,
  '__proto__',
  'constructor',
  'toString',
  '..',
  '../../etc/passwd',
  '${HOME}',
];
/** Longer than any name may be, and than anybody wants to read. */
const ENDLESS = 'x'.repeat(300_000);

/** An account in which all text is hostile: servers 0 to n, every third with a job of ours, every third with one of nobody. */
function account(names: readonly string[]): (call: WireCall) => unknown {
  const servers = names.map((name, index) => ({
    serverId: `s-${index}`,
    vmServer: {
      vmName: name,
      vmPath: `/Datacenters/${name}`,
      vmManagerName: name,
      vmServerAddress: { vmManagerId: name, vmId: name },
    },
    ...(index % 3 > 0 && { replicationJobId: `sms-job-${index}` }),
  }));
  const jobs = names.flatMap((name, index) => {
    if (index % 3 === 0) return [];
    const owner = index % 2 === 0 ? 'a' : name;
    return {
      replicationJobId: `sms-job-${index}`,
      serverId: `s-${index}`,
      vmServer: servers[index]?.vmServer,
      state: index % 2 === 0 ? 'FAILED' : 'ACTIVE',
      statusMessage: name,
      latestAmiId: name,
      frequency: 24,
      roleName: name,
      licenseType: name,
      description: index % 3 === 1 ? `${name} [landfall:ucop/${owner}]` : name,
      seedReplicationTime: 1_700_000_000,
    };
  });
  const runs = names.map((name, index) => ({
    replicationRunId: `sms-run-${index}`,
    state: index % 2 === 0 ? name : 'ACTIVE',
    type: name,
    stageDetails: { stage: name, stageProgress: name },
    statusMessage: name,
    description: name,
    amiId: name,
    scheduledStartTime: 1_700_000_000 + index,
  }));
  const connectors = names.map((name, index) => ({
    connectorId: `c-${index}${name}`,
    status: index === 0 ? 'HEALTHY' : name,
    version: name,
    vmManagerName: name,
    vmManagerId: name,
    ipAddress: name,
    macAddress: name,
  }));
  const answers: Readonly<Record<string, unknown>> = {
    GetServers: { serverCatalogStatus: 'AVAILABLE', serverList: servers },
    GetReplicationJobs: { replicationJobList: jobs },
    GetConnectors: { connectorList: connectors },
    GetReplicationRuns: { replicationJob: jobs[0], replicationRunList: runs },
    CreateReplicationJob: { replicationJobId: 'sms-job-new\u001b[2J' },
  };
  return ({ operation }) => answers[operation] ?? {};
}

describe('hostile names', () => {
  const environment = { ...process.env };
  let world: ScratchProject;
  let wire: Wire;
  let names: readonly string[] = NAMES;
  beforeEach(async () => {
    Object.assign(process.env, CREDENTIALS);
    names = NAMES;
    wire = await Wire.open((call) => account(names)(call));
    world = new ScratchProject({});
    world.write(
      'landfall.yaml',
      world
        .read('landfall.yaml')
        .replace('endpoint: local', `endpoint: "${wire.url}"`)
        .replace('waves/*.yaml', '"*.wave.yaml"'),
    );
    const vms = NAMES.filter((name) => name.trim() !== '' && name.length < 250).map((name, index) => ({
      // Names with characters that cannot be seen are refused; other texts may have them.
      name: HIDDEN_CHARACTER.test(name) ? `hidden-${index}` : name,
      ...(index % 2 === 0 && { os: name }),
      ...(index % 5 === 0 && !HIDDEN_CHARACTER.test(name) && { path: `/Datacenters/${name}` }),
      description: name.slice(0, 60),
    }));
    const document = {
      apiVersion: 'landfall/v1',
      kind: 'Wave',
      metadata: { name: 'a', labels: { owner: '::error::x' } },
    };
    world.write('a.wave.yaml', formatManifest({ ...document, spec: { defaults: { frequency: 12 }, vms } }));
  });
  afterEach(async () => {
    process.env = { ...environment };
    await wire.close();
    await world.dispose();
  });

  const FINDINGS = ['github', 'gitlab', 'junit', 'sarif'];
  const formats = (argv: readonly string[], names: readonly string[]): (readonly string[])[] =>
    names.map((format) => [...argv, '--format', format]);
  const COMMAND_LINES: readonly (readonly string[])[] = [
    ...formats(['validate'], ['text', 'json', ...FINDINGS]),
    ...formats(['plan'], ['text', 'json', 'markdown', ...FINDINGS]),
    ['plan', '--verbose'],
    ['plan', '--out', 'a.plan'],
    ...formats(['show', 'a.plan'], ['text', 'json', 'markdown', ...FINDINGS]),
    ...formats(['drift'], ['text', 'json', 'markdown']),
    ...[
      'status',
      'runs sms-job-1',
      'catalog list',
      'connectors list',
      'run sms-job-1 --auto-approve',
    ].flatMap((command) => formats(command.split(' '), ['text', 'json'])),
    ...formats(['status'], ['csv', 'markdown', 'prometheus']),
    ...formats(['runbook', 'a'], ['markdown', 'html', 'json']),
    ...['output', 'forecast'].flatMap((command) => formats([command], ['text', 'json', 'csv', 'markdown'])),
    ['report', '--out', 'report.html'],
    ['import', 'live', '--dry-run'],
    ['import', 'live', '--out', 'live'],
    ['export', 'mgn-csv', '--out', 'x.csv'],
    ['apply', 'a.plan', '--report', 'saved.json'],
    ['apply', '--auto-approve', '--report', 'report.json', '--json-into', 'events.jsonl'],
    ['apply', '--auto-approve', '--json'],
    ['apply', '--auto-approve', '--format', 'json'],
  ];

  it('from manifests and from AWS reach no log raw, whatever prints them', async () => {
    for (const argv of COMMAND_LINES) {
      const run = await world.run(...argv);
      const what = argv.join(' ');
      expectHarmless(run, what);
      expect([what, run.stderr]).toEqual([what, expect.not.stringMatching(/INTERNAL|TypeError|\n {4}at /)]);
      await expectSound(run, argv);
    }
    for (const file of ['report.html', 'report.json', 'events.jsonl', 'a.plan', 'saved.json']) {
      expectHarmless({ code: 0, stdout: world.read(file), stderr: '' }, file);
    }
  });

  it('of files, keys and values that are wrong reach no log raw', async () => {
    const files = NAMES.filter(
      (name) => !/[/\0]/.test(name) && Buffer.byteLength(name) < 200 && !/^\.*$/.test(name),
    );
    for (const [index, name] of files.entries()) {
      const other = NAMES[(index + 1) % NAMES.length] ?? '';
      world.write(
        `${name}.wave.yaml`,
        formatManifest({
          apiVersion: index % 3 === 0 ? 'landfall/v1' : other,
          kind: 'Wave',
          metadata: { name: other, [name]: other },
          spec: {
            target: other,
            defaults: { frequency: name },
            [other]: name,
            vms: [{ [name]: other, os: 7 }],
          },
        }),
      );
    }
    for (const argv of [
      ...formats(['validate'], ['text', 'json', ...FINDINGS]),
      ...formats(['plan'], ['text', 'markdown', ...FINDINGS]),
      ['apply', '--auto-approve'],
      ['status'],
      ['drift'],
    ]) {
      const run = await world.run(...argv);
      // The status leaves broken files out.
      expect([argv, run.code]).toEqual([argv, argv[0] === 'status' ? 0 : 1]);
      expectHarmless(run, argv.join(' '));
      await expectSound(run, argv);
    }
  });

  it.each([
    ['a message', 'InvalidParameterException'],
    ['the very name', '\u001b[31m::error::x##[error]y'],
  ])('in %s of an error of AWS reach no log raw', async (_, type) => {
    world.write('a.wave.yaml', wave('a', ['{ name: db-01 }']));
    const hostile = ['\n::error::x', ...NAMES].join(' ');
    const only = await Wire.open(({ operation }, response) => {
      if (operation === 'GetServers') {
        return {
          serverCatalogStatus: 'AVAILABLE',
          serverList: [{ serverId: 's-1', vmServer: { vmName: 'db-01' } }],
        };
      }
      if (operation === 'GetReplicationJobs') return {};
      // Without a connector no job is created, and there is no error to show.
      if (operation === 'GetConnectors') {
        return { connectorList: [{ connectorId: 'c-1', status: 'HEALTHY' }] };
      }
      refuse(response, type, 400, hostile);
      return undefined;
    });
    try {
      world.write('landfall.yaml', world.read('landfall.yaml').replace(wire.url, only.url));
      for (const argv of [
        ['apply', '--auto-approve', '--report', 'report.json', '--json-into', 'events.jsonl'],
        ['apply', '--auto-approve', '--format', 'json'],
        ['apply', '--auto-approve', '--json'],
        ['catalog', 'delete', '--auto-approve'],
        ['catalog', 'import'],
      ]) {
        const run = await world.run(...argv);
        expect([argv, run.code]).toEqual([argv, argv[0] === 'apply' ? 6 : 1]);
        expectHarmless(run, argv.join(' '));
      }
      for (const file of ['report.json', 'events.jsonl']) {
        expectHarmless({ code: 6, stdout: world.read(file), stderr: '' }, file);
      }
    } finally {
      await only.close();
    }
  });

  it('without an end from AWS are cut', async () => {
    names = [ENDLESS, 'db-01', `${ENDLESS}\u001b`];
    world.write('a.wave.yaml', wave('a', [`{ serverId: s-0 }`, '{ name: db-01 }', '{ serverId: s-2 }']));
    for (const argv of [
      ['plan'],
      ['plan', '--format', 'markdown'],
      ['plan', '--format', 'github'],
      ['plan', '--format', 'junit'],
      ['plan', '--format', 'sarif'],
      ['status'],
      ['drift'],
      ['catalog', 'list'],
      ['connectors', 'list'],
      ['runs', 'sms-job-1'],
      ['describe', 's-0'],
      ['output'],
      ['output', '--format', 'csv'],
    ]) {
      const run = await world.run(...argv);
      expect([argv, run.stdout.length + run.stderr.length < 200_000]).toEqual([argv, true]);
      expectHarmless(run, argv.join(' '));
    }
  });

  it('of ten megabytes in a manifest are cut', async () => {
    const long = 'x'.repeat(9_000_000);
    world.write('a.wave.yaml', wave('a', [`{ name: ${long} }`]));
    world.write('b.wave.yaml', wave(long, [`{ ${long}: 1 }`], [`target: ${long}`]));
    for (const format of ['text', 'json', 'github', 'gitlab', 'junit', 'sarif']) {
      const run = await world.run('validate', '--format', format);
      expect([format, run.code, run.stdout.length < 50_000]).toEqual([format, 1, true]);
    }
    const { code, stdout, stderr } = await world.run('plan');
    expect([code, stdout.length + stderr.length < 50_000]).toEqual([1, true]);
  });
});
