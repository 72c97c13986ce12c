import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';

const FOLDER = fileURLToPath(new URL('../../examples/policies/', import.meta.url));
const PAGE = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');

let world: ScratchProject;
beforeEach(() => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(FOLDER, file), 'utf8')] as const);
  world = new ScratchProject(Object.fromEntries(files));
});
afterEach(() => world.dispose());

/** The part of a schema that names fields. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs: Readonly<Record<string, Schema>>;
}

describe('the example policies in Rego', () => {
  it('read fields that plans have', () => {
    const url = new URL('../../schemas/plan.schema.json', import.meta.url);
    const plan = JSON.parse(readFileSync(url, 'utf8')) as Schema;
    const fields: Readonly<Record<string, Schema | undefined>> = {
      input: plan,
      change: plan.$defs['change'],
      wave: plan.$defs['wave'],
    };
    const rego = readFileSync(join(FOLDER, 'conftest/landfall.rego'), 'utf8');
    const read = [
      ...rego.matchAll(/\b(input|change|wave)\.(\w+)/g),
      ...rego.matchAll(/object\.get\((change), "(\w+)"/g),
    ].map(([, of = '', field = '']) => ({ of, field, known: field in (fields[of]?.properties ?? {}) }));
    expect(read.length).toBeGreaterThan(15);
    expect(read.filter(({ known }) => !known)).toEqual([]);
  });
});

describe('the example policies', () => {
  it('pass their tests, and each has some that it passes and some that it does not', async () => {
    const { code, stdout, stderr } = await world.run('policy', 'test', '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { cases } = JSON.parse(stdout) as {
      cases: { expectations: { policy: string; expected: { result: string } }[] }[];
    };
    const results = new Set(
      cases.flatMap(({ expectations }) =>
        expectations.map(({ policy, expected }) => `${policy} ${expected.result}`),
      ),
    );
    expect([...results].sort()).toEqual(
      ['no-friday-cutover', 'no-windows-byol', 'owner-and-change-number', 'twenty-finalizes-a-night'].flatMap(
        (name) => [`${name} pass`, `${name} violation`],
      ),
    );
  });

  it('are those of the documentation, and of a project that can be planned', async () => {
    const project = readFileSync(join(FOLDER, 'landfall.yaml'), 'utf8');
    expect(PAGE).toContain(project.slice(project.indexOf('policies:\n')));
    expect(await world.run('validate')).toEqual({ code: 0, stdout: '1 wave, 2 VMs: valid\n', stderr: '' });
    const plan = await world.run('plan', '--format', 'json');
    expect(JSON.parse(plan.stdout)).toMatchObject({ summary: { create: 2 }, concerns: [] });
  });
});
