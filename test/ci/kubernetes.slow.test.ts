import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CronJob, Job } from 'kubernetes-types/batch/v1.js';
import type { PodSpec } from 'kubernetes-types/core/v1.js';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { BIN } from '../setup/program.ts';
import { ManyAccounts } from './many-accounts.ts';
import { type Env, run, type Ran } from './scripts.ts';

// Each pod is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

const FOLDER = fileURLToPath(new URL('../../examples/ci/kubernetes/', import.meta.url));

interface Resource {
  readonly apiVersion: string;
  readonly kind: 'Job' | 'CronJob' | 'ServiceAccount';
  readonly metadata: { readonly name: string };
}

const RESOURCES = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS({ merge: true }) as Resource;
  }),
);

/** The module of the types of a resource. */
const MODULES = { Job: 'batch/v1', CronJob: 'batch/v1', ServiceAccount: 'core/v1' } as const;

/** Says what the types of Kubernetes' API find in resources: fields that there are not, and values of another type. */
function typeErrors(resources: readonly object[]): readonly string[] {
  const lines = (resources as readonly Resource[]).map(
    (resource, index) =>
      `export const resource${index}: import('kubernetes-types/${MODULES[resource.kind]}').${resource.kind} = ${JSON.stringify(resource)};`,
  );
  const file = fileURLToPath(new URL('kubernetes-resources.ts', import.meta.url));
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [], lib: ['lib.es2022.d.ts'] };
  const resolution = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost({ ...options, ...resolution });
  const onDisk = { ...host };
  host.fileExists = (name) => name === file || onDisk.fileExists(name);
  host.readFile = (name) => (name === file ? lines.join('\n') : onDisk.readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022)
      : onDisk.getSourceFile(name, ...rest);
  const program = ts.createProgram([file], { ...options, ...resolution }, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The pods of all jobs. */
function pods(): readonly PodSpec[] {
  return RESOURCES.flatMap((resource) => {
    if (resource.kind === 'ServiceAccount') return [];
    const job =
      resource.kind === 'Job' ? (resource as Job).spec : (resource as CronJob).spec?.jobTemplate.spec;
    return job?.template.spec ?? [];
  });
}

describe('the examples for Kubernetes', () => {
  it('have the fields of its API, and no others', () => {
    expect(RESOURCES.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted()).toEqual([
      'CronJob landfall-drift',
      'Job landfall-merge',
      'Job landfall-plan',
      'ServiceAccount landfall-plan',
    ]);
    expect(typeErrors(RESOURCES)).toEqual([]);
    const [job] = RESOURCES.filter(({ kind }) => kind === 'Job') as readonly Job[];
    const spec = job?.spec ?? {};
    expect(
      typeErrors([
        { ...job, spec: { ...spec, completionsMode: 'Indexed' } },
        { ...job, spec: { ...spec, completions: '12' } },
      ]),
    ).toEqual([
      expect.stringContaining(`'"completionsMode"' does not exist`),
      expect.stringContaining("not assignable to type 'number'"),
    ]);
  });

  it('run without rights: not as root, on a file system that is read only, without a token of the cluster', () => {
    expect(pods()).toHaveLength(3);
    for (const {
      securityContext,
      automountServiceAccountToken,
      containers,
      initContainers = [],
      volumes = [],
    } of pods()) {
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(automountServiceAccountToken).toBe(false);
      const names = volumes.map(({ name }) => name);
      for (const { securityContext: own, resources, volumeMounts = [] } of [
        ...containers,
        ...initContainers,
      ]) {
        expect(own).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources?.limits?.['memory']).toBeDefined();
        for (const { name } of volumeMounts) expect(names).toContain(name);
      }
    }
  });
});

describe('the pods of the examples', () => {
  let world: ManyAccounts;
  let plans: string;
  let commit = 'a'.repeat(40);
  beforeEach(async () => {
    world = new ManyAccounts();
    await world.begin('kubernetes', 'kubernetes');
    plans = join(world.project, '..', 'plans');
    mkdirSync(plans);
  });
  afterEach(async () => {
    await world.dispose();
  });

  /** Runs the container of a job as a pod does: with the paths of this machine for those of the image. */
  function pod(job: string, more: Env = {}): Promise<Ran> {
    const { spec } = RESOURCES.find(({ kind, metadata }) => kind === 'Job' && metadata.name === job) as Job;
    const [container] = spec?.template.spec?.containers ?? [];
    const entry = ['/nodejs/bin/node', '/landfall/dist/bin.js'];
    const here = [...(container?.command ?? entry), ...(container?.args ?? [])].map((word) =>
      word
        .replace('/nodejs/bin/node', process.execPath)
        .replaceAll('/landfall/dist/bin.js', BIN)
        .replaceAll('/plans', plans),
    );
    const env = Object.fromEntries(
      (container?.env ?? []).map(({ name, value = '' }) => [name, value.replace('YOUR_COMMIT', commit)]),
    );
    const [program = '', ...argv] = here;
    return run(program, argv, world.checkout(), { ...world.env, ...env, ...more });
  }

  it('plan a target each, and make one plan of theirs, which names a target without one', async () => {
    const indexes = ['0', '1', '2', '3'];
    const planned = await Promise.all(
      indexes.map((index) => pod('landfall-plan', { JOB_COMPLETION_INDEX: index })),
    );
    expect(planned.map(({ code, stderr }) => (code === 0 ? code : stderr))).toEqual([0, 0, 0, 0]);
    expect(planned[3]?.stdout).toContain('There is no target for this pod');
    expect(readdirSync(plans).toSorted()).toEqual(['east.plan', 'north.plan', 'west.plan']);
    const merged = await pod('landfall-merge');
    expect(merged).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Plan: 2 to create') as unknown,
    });
    expect(readFileSync(join(plans, 'landfall-plan.md'), 'utf8')).toContain('2 to create');

    // A pod that cannot plan leaves no plan of an earlier run.
    const broken = { JOB_COMPLETION_INDEX: '0', LANDFALL_WAVE: 'gone' };
    expect((await pod('landfall-plan', broken)).code).toBe(1);
    expect(readdirSync(plans).toSorted()).toEqual(['east.plan', 'landfall-plan.md', 'west.plan']);
    const incomplete = await pod('landfall-merge');
    expect(incomplete.code).toBe(1);
    expect(incomplete.stdout).toMatch(/target\.missing[^]*north/);

    // A run of the next commit, of which one pod never begins.
    commit = 'b'.repeat(40);
    for (const index of ['0', '1']) await pod('landfall-plan', { JOB_COMPLETION_INDEX: index });
    const mixed = await pod('landfall-merge');
    expect(mixed.code).toBe(1);
    expect(mixed.stdout).toContain('the plan of target east was made from commit aaaaaaaaaaaa');
  });
});
