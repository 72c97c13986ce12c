import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { expectGolden } from '../report/golden.ts';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const POLICIES = `policies:
  - name: no-friday
    expression: change.step_name != "start-cutover" || plan.timestamp.getDayOfWeek("UTC") != 5
    message: no cut-over on a Friday
  - name: few-changes
    scope: plan
    expression: plan.changes.filter(c, c.action != "no-op").size() < 3 && plan.summary.delete == 0
    message: too much at once
  - name: owners
    scope: plan
    expression: plan.waves.all(w, w.owner != "")
    message: every wave has an owner
`;
const FRIDAY = '2026-12-04T12:00:00Z';
const SATURDAY = '2026-12-05T12:00:00Z';
const CUTOVER = '{ action: advance, step_name: start-cutover, address: w/a }';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({
    'landfall.yaml': PROJECT + POLICIES,
    'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1, os: rhel-7.3 }'], ['owner: scrum']),
  });
});
afterEach(() => world.dispose());

/** Writes a test whose cases are lines of YAML. */
function tests(...cases: readonly string[]): void {
  const items = cases.map((one) => `  - { ${one} }\n`).join('');
  world.write('policies/all.policy-test.yaml', `apiVersion: landfall/v1\nkind: PolicyTest\ncases:\n${items}`);
}

async function run(...flags: readonly string[]) {
  const { code, stdout, stderr } = await world.run('policy', 'test', ...flags);
  return { code, stdout, stderr };
}

interface Results {
  readonly cases: readonly {
    readonly expectations: readonly {
      readonly got: { readonly result: string; readonly changes: readonly string[] };
    }[];
  }[];
}

/** What the policy `name` says of each case, whatever is expected. */
async function said(...cases: readonly string[]): Promise<readonly string[]> {
  tests(...cases);
  const { stdout, stderr } = await run('--format', 'json');
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as Results).cases.map(({ expectations }) => expectations[0]?.got.result ?? '');
}

describe('landfall policy test', () => {
  it('says which expectations are not met, where they are, what came, and what the expression read', async () => {
    tests(
      `name: a Friday, plan: { timestamp: ${FRIDAY} }, change: ${CUTOVER}, expect: { no-friday: violation }`,
      `name: a Saturday, plan: { timestamp: ${SATURDAY} }, change: ${CUTOVER}, expect: { no-friday: violation }`,
      `name: another message, plan: { timestamp: ${FRIDAY} }, change: ${CUTOVER}, expect: { no-friday: { result: violation, message: never } }`,
      `name: no time, change: ${CUTOVER}, expect: { no-friday: pass }`,
      'name: nothing to do, change: { action: no-op }, expect: { no-friday: pass }',
      'name: three changes, plan: { changes: [{}, { action: delete }, { action: no-op }] }, change: { action: create }, expect: { few-changes: pass, no-friday: pass }',
    );
    const text = await run();
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expectGolden('policy-test.txt', text.stdout);
    const junit = await run('--format', 'junit', '--out', 'policies.xml');
    expect(junit).toEqual({ code: 1, stdout: '', stderr: '' });
    expectGolden('policy-test.xml', world.read('policies.xml'));
  });

  it('ends with 0 where all are met, and names the policies that no test is about', async () => {
    tests('name: a test, change: { step_name: start-test }, expect: { no-friday: pass }');
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(-4)).toEqual([
      '1 case in 1 file: 1 passed',
      '1 of 3 policies tested; no test of few-changes (landfall.yaml:12:5), owners (landfall.yaml:16:5)',
      // A policy that is true of everything would pass such tests.
      'no test expects a violation of no-friday (landfall.yaml:9:5): it may be true whatever happens',
      '',
    ]);
  });

  it('fills in what a case leaves out: empty texts, lists and maps, and the counts', async () => {
    expect(
      await said(
        'name: none, plan: {}, expect: { few-changes: pass }',
        'name: a delete, change: { action: delete }, expect: { few-changes: pass }',
        'name: a blocked delete, change: { action: delete, blocked_by: [x] }, expect: { few-changes: pass }',
        'name: counts of its own, plan: { summary: { delete: 2 } }, expect: { few-changes: pass }',
        'name: no owner, plan: { waves: [{ name: a }] }, expect: { owners: pass }',
      ),
    ).toEqual(['pass', 'violation', 'pass', 'violation', 'violation']);
  });

  it('takes the manifests of the project, a saved plan and a plan as JSON', async () => {
    expect((await world.run('plan', '--out', 'today.plan', '--write', 'json=today.json')).code).toBe(0);
    const read = ['manifests: true', 'planFile: ../today.plan', 'planFile: ../today.json'];
    expect(await said(...read.map((from) => `name: x, ${from}, expect: { owners: pass }`))).toEqual(
      read.map(() => 'pass'),
    );
    // What a case says stands in place of what the file says.
    const over = read.map(
      (from) => `name: x, ${from}, plan: { waves: [{ name: b }] }, expect: { owners: pass }`,
    );
    expect(await said(...over)).toEqual(read.map(() => 'violation'));
    const more = read.map(
      (from) =>
        `name: x, ${from}, change: ${CUTOVER}, plan: { timestamp: ${FRIDAY} }, expect: { no-friday: pass }`,
    );
    expect(await said(...more)).toEqual(read.map(() => 'violation'));
  });

  it('tests only the policies that are named', async () => {
    tests(
      'name: a test, change: { step_name: start-test }, expect: { no-friday: violation, owners: pass }',
      'name: all, plan: {}, expect: { few-changes: pass }',
    );
    expect(await run('--policy', 'few-*', '--policy', 'owners')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 of 2 policies tested') as unknown,
    });
    expect(await run('--policy', 'ownrs')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean owners?') as unknown,
    });
    // What tests nothing does not pass.
    tests('name: all, plan: {}, expect: { few-changes: pass }');
    expect(await run('--policy', 'own*')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no test is about owners') as unknown,
    });
  });

  it('finds tests in folders, and takes files and folders by name', async () => {
    const text = (name: string) =>
      `apiVersion: landfall/v1\nkind: PolicyTest\ncases:\n  - { name: ${name}, plan: {}, expect: { owners: pass } }\n`;
    // Beside waves, too: it is no wave file.
    world.write('waves/a.policy-test.yaml', text('beside'));
    world.write('policies/deep/b.policy-test.yml', text('deep'));
    world.write('policies/c.yaml', text('named'));
    const names = async (...paths: readonly string[]) => {
      const { stdout } = await run(...paths, '--format', 'json');
      return (JSON.parse(stdout) as { cases: { name: string }[] }).cases.map(({ name }) => name);
    };
    expect(await names()).toEqual(['deep', 'beside']);
    expect(await names('policies')).toEqual(['deep']);
    expect(await names('policies/c.yaml', 'waves', 'waves/a.policy-test.yaml')).toEqual(['named', 'beside']);
    expect((await world.run('validate')).stdout).toBe('1 wave, 1 VM: valid\n');
  });

  it.each([
    [
      'a key that plans do not have',
      'name: x, plan: { comit: a }, expect: { owners: pass }',
      '4:24',
      'did you mean commit?',
    ],
    [
      'a key that changes do not have',
      'name: x, change: { stepname: a }, expect: { owners: pass }',
      '4:26',
      'did you mean step_name?',
    ],
    [
      'a step that no service has',
      'name: x, change: { step_name: cutover }, expect: { owners: pass }',
      '4:37',
      'start-cutover',
    ],
    [
      'a time without its offset',
      "name: x, plan: { timestamp: '2026-12-04' }, expect: { owners: pass }",
      '4:35',
      'with its offset or Z',
    ],
    [
      'a policy that the project does not have',
      'name: x, plan: {}, expect: { ownrs: pass }',
      '4:36',
      'did you mean owners?',
    ],
    [
      'a result that there is not',
      'name: x, plan: {}, expect: { owners: fail }',
      '4:44',
      'use pass, violation or error',
    ],
    [
      'a day that no month has',
      'name: x, plan: { timestamp: 2026-02-31T20:00:00Z }, expect: { owners: pass }',
      '4:35',
      'the day of the month',
    ],
    [
      'an offset that no zone has',
      'name: x, change: { since: 2026-12-04T20:00:00-99:00 }, expect: { owners: pass }',
      '4:33',
      'the offset',
    ],
    [
      'two plans',
      'name: x, planFile: a.plan, manifests: true, expect: { owners: pass }',
      '4:34',
      'remove one of them',
    ],
    ['no expectation', 'name: x, plan: {}', '4:7', 'add expect'],
    [
      'a plan that is not there',
      'name: x, planFile: no.plan, expect: { owners: pass }',
      '4:26',
      'from the folder of this file',
    ],
    [
      'a file that is no plan',
      'name: x, planFile: all.policy-test.yaml, expect: { owners: pass }',
      '4:26',
      'landfall plan --out',
    ],
  ])('refuses %s, with its place', async (_, one, place, fix) => {
    tests(one);
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`policies/all.policy-test.yaml:${place}  error`);
    expect(stderr).toContain(fix);
  });

  it.each([
    ['a key that plans do not have', { changes: [{ stepname: 'start-cutover' }] }, 'did you mean step_name?'],
    ['a change that is none', { changes: [{}, null] }, 'the plan policies/a.json: changes.1 '],
    ['another major version', { format_version: '2.0' }, 'the plan policies/a.json: format_version '],
    ['a time that is none', { timestamp: 'friday' }, 'with its offset or Z'],
    ['a day that no month has', { timestamp: '2026-02-31T00:00:00Z' }, 'there is no such time: timestamp'],
    ['a key of a later version', { format_version: '1.99', targets: [{ colour: 'red' }] }, ''],
  ])('checks a plan as JSON: %s', async (_, part, message) => {
    const plan = { format_version: '1.1', changes: [], summary: {}, ...part };
    world.write('policies/a.json', JSON.stringify(plan));
    tests('name: x, planFile: a.json, expect: { owners: pass }');
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual(
      message === '' ? [0, ''] : [1, expect.stringContaining('policies/all.policy-test.yaml:4:26  error')],
    );
    expect(stderr).toContain(message);
  });

  it('refuses a document of another kind, a project with errors, and to test nothing', async () => {
    world.write('policies/all.policy-test.yaml', wave('x', ['{ name: a }']));
    expect((await run()).stderr).toContain('write kind: PolicyTest');
    world.remove('policies/all.policy-test.yaml');
    expect((await run()).stderr).toContain('there are no tests of policies');
    tests('name: x, manifests: true, expect: { owners: pass }');
    world.write('waves/b.yaml', wave('b', ['{ nam: a }']));
    expect((await run()).stderr).toContain('waves/b.yaml:7:9');
    world.write('landfall.yaml', PROJECT + POLICIES.replace('w.owner', 'w.ownr'));
    expect((await run()).stderr).toContain('policies.invalid');
    world.write('landfall.yaml', PROJECT);
    tests();
    expect(await run()).toMatchObject({ code: 1, stdout: '' });
  });

  it('reads nothing outside of the project, and shows names as text', async () => {
    expect((await run('..')).stderr).toContain('file.outside-project');
    tests(
      `name: "\\e[31m ::error::x", change: { step_name: start-test, os: "\\e[32m" }, expect: { no-friday: violation }`,
    );
    const { stdout } = await run();
    expect(stdout).toContain('fail  \\u{1b}[31m');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/^::/m);
  });

  it('makes no call', async () => {
    world.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
    world.write('landfall.yaml', PROJECT.replace(', endpoint: local', '') + POLICIES);
    tests('name: x, manifests: true, expect: { owners: pass }');
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
  });
});
