import { afterAll, expect, it, jest } from '@jest/globals';
import * as fs from 'node:fs';
import { toServerId } from '../../src/core/names.ts';
import type { ObservedJob, ObservedServer } from '../../src/core/observed.ts';
import type { Provider, ProviderTraits } from '../../src/core/provider.ts';
import type { Adapter, ServiceDefinition } from '../../src/core/service.ts';

/** The jobs of an account in memory. */
const jobs = new Map<string, ObservedJob>();
const servers: readonly ObservedServer[] = ['ark', 'raft'].map((name) => ({
  serverId: toServerId(`id-${name}`),
  name,
}));

const provider: Provider = {
  observe: () =>
    Promise.resolve({
      at: Date.parse('2026-11-23T08:00:00Z'),
      account: '123456789012',
      catalog: 'available',
      servers,
      jobs: [...jobs.values()],
      connectors: [],
      calls: 0,
    }),
  create({ serverId, settings, owner }) {
    const server = servers.find((each) => each.serverId === serverId) ?? { serverId: toServerId(serverId) };
    jobs.set(serverId, { id: serverId, server, state: 'active', owner, settings });
    return Promise.resolve(serverId);
  },
  update({ id, after, owner }) {
    const job = jobs.get(id);
    if (job !== undefined) jobs.set(id, { ...job, owner, settings: after });
    return Promise.resolve();
  },
  delete(id) {
    jobs.delete(id);
    return Promise.resolve();
  },
  takeSteps: () => Promise.resolve([]),
  close: () => undefined,
};

const settings: ServiceDefinition['settings'] = [
  {
    name: 'knots',
    type: 'number',
    change: 'update',
    default: 5,
    column: { column: 'schedule', text: 'at {} knots' },
  },
];

const traits: ProviderTraits = {
  fields: settings,
  stepNames: {},
  phases: {
    phases: ['replicate'],
    stepTexts: {},
    stepPhases: {},
    batch: 1,
    next: () => ({ kind: 'reached' }),
    withoutJob: () => ({ kind: 'create' }),
    notReady: () => [],
  },
  stageOf: ({ job }) => ({
    stage: job === undefined ? 'waiting' : 'replicating',
    evidence: [],
    deadlines: [],
    outputs: [],
  }),
  inventory: { name: 'list of ships', remedy: 'fix it in the manifest' },
  effects: () => [],
  startEffects: () => ['sails when applied'],
  isDone: () => false,
  jobConcerns: () => [],
  accountConcerns: () => [],
};

/** A service that the code has never heard of: its definition is all there is of it. */
const ferry: ServiceDefinition = {
  name: 'ferry',
  title: 'Ferry',
  settings,
  unsupportedSettings: { id: 'setting.not-on-sms', settings: {} },
  target: { limits: { activeReplications: 3 }, unsupported: { prune: 'nothing to disconnect' } },
  identifiers: { supported: ['serverId', 'name'], remedy: 'add its name' },
  steps: [],
  unsupportedPhases: { test: 'write replicate' },
  windowsByolRemedy: 'nothing',
  rules: [
    {
      id: 'description.marker',
      check: (waves) =>
        waves
          .flatMap(({ vms }) => vms)
          .filter(({ settings: { knots } }) => Number(knots) > 20)
          .map((vm) => ({ vm, setting: 'knots', message: 'no ferry is that fast', remedy: 'slow down' })),
    },
  ],
  template: { project: () => '', wave: '' },
  importDefaults: () => ({}),
  importGroupings: ['folder'],
  describeJob: (job) => ({ settings: job.settings, comments: [], concerns: [] }),
  unsupportedCommands: {},
  open: () =>
    Promise.resolve({ provider, traits, account: () => Promise.resolve('123456789012') } satisfies Adapter),
};

// One row of the registry, and its schema: what a third service costs outside of its folder.
const registry = await import('../../src/providers/registry.ts');
jest.unstable_mockModule('../../src/providers/registry.ts', () => ({
  ...registry,
  SERVICES: [...registry.SERVICES, ferry],
  serviceOf: (name: string) => (name === ferry.name ? ferry : registry.serviceOf(name)),
}));
jest.unstable_mockModule('node:fs', () => ({ ...fs, default: fs, readFileSync: readWithFerry }));

/** Reads a file; of the schemas, the text that names the service and its setting. */
function readWithFerry(...[file, ...options]: Parameters<typeof fs.readFileSync>): unknown {
  const text = fs.readFileSync(file, ...options);
  if (!/schemas.(?:project|wave)\.schema\.json$/.test(String(file))) return text;
  return String(text)
    .replace(/"enum": \[\s*"sms",\s*"mgn"\s*\]/, '"enum": ["sms", "mgn", "ferry"]')
    .replaceAll(/"frequency": \{/g, '"knots": { "type": "integer" }, "frequency": {');
}

// Tests use validators that were compiled from the schemas as they are.
const { manifestValidators } = await import('../../src/manifest/schema/validators.ts');
const compiler = manifestValidators.ajv();
jest.unstable_mockModule('../../src/manifest/schema/validators.ts', () => ({
  manifestValidators: {
    ...manifestValidators,
    accepts: (name: string, value: unknown) => compiler.validate(name, value),
    get: (name: string) => compiler.getSchema(name),
  },
}));

const { ScratchProject } = await import('../cli/scratch-project.ts');

const world = new ScratchProject({
  'landfall.yaml': `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
targets:
  sea: { provider: ferry, region: us-west-2 }
`,
});
afterAll(() => world.dispose());

function writeWave(...lines: readonly string[]): void {
  world.write(
    'waves/one.yaml',
    ['apiVersion: landfall/v1', 'kind: Wave', 'metadata: { name: one }', 'spec:', ...lines, ''].join('\n'),
  );
}

it('a third service goes through validate, plan, apply, drift and status by its definition alone', async () => {
  writeWave('  phase: test', '  defaults: { knots: 30, frequency: 12 }', '  vms: [{ name: ark }]');
  const refused = await world.run('validate');
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toContain('phase "test" is not supported on Ferry');
  expect(refused.stdout + refused.stderr).toContain('Ferry does not support frequency');
  expect(refused.stdout + refused.stderr).toContain('no ferry is that fast');

  writeWave('  defaults: { knots: 8 }', '  vms: [{ name: ark }, { name: raft, knots: 5 }]');
  expect(await world.run('validate')).toMatchObject({ code: 0 });

  expect((await world.run('plan')).stdout).toMatch(/ark +at 8 knots +sails when applied/);
  const plan = await world.run('plan', '--format', 'json');
  expect(JSON.parse(plan.stdout)).toMatchObject({
    targets: [{ name: 'sea', provider: 'ferry', account: '123456789012' }],
    summary: { create: 2 },
    capacity: [{ target: 'sea', limit: 3, starting: 2 }],
  });

  expect(await world.run('plan', '--out', 'sea.plan')).toMatchObject({ code: 0 });
  expect(await world.run('apply', 'sea.plan')).toMatchObject({ code: 0 });
  expect([...jobs.values()].map(({ settings: { knots } }) => knots)).toEqual([8, 5]);
  const again = await world.run('plan', '--format', 'json');
  expect(JSON.parse(again.stdout)).toMatchObject({ has_changes: false, summary: { no_op: 2 } });

  const [[id, job] = []] = jobs;
  if (id !== undefined && job !== undefined) jobs.set(id, { ...job, settings: { knots: 9 } });
  const drift = await world.run('drift');
  expect(drift.stdout).toContain('knots: the manifests say 8, the account says 9');

  const status = await world.run('status');
  expect(status.code).toBe(0);
  expect(status.stdout).toContain('raft');
});
