import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commentMarker } from '../../src/report/markdown/comment.ts';
import { ScratchProject, wave } from './scratch-project.ts';

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
  west: { provider: sms, region: us-west-2, endpoint: local }
  east: { provider: sms, region: us-east-1, endpoint: local }
  north: { provider: sms, region: us-west-1, endpoint: local }
`;
const POLICIES = `policies:
  - name: few
    scope: plan
    expression: plan.summary.create <= 2
    message: more than two VMs begin
`;

const TARGETS = ['west', 'east', 'north'];
const FILES = {
  'landfall.yaml': PROJECT,
  'waves/w.yaml': wave('w', ['{ name: awsscrum-lnx1 }'], ['target: west']),
  'waves/e.yaml': wave('e', ['{ name: awsscrum-lnx2 }', '{ name: p-payroll-web01 }'], ['target: east']),
  'waves/n.yaml': wave('n', ['{ name: awsscrum-lnx1 }', '{ name: typo-1 }'], ['target: north']),
  'plans/.keep': '',
};

describe('landfall merge', () => {
  let world: ScratchProject;
  const before: Record<string, string> = {};
  beforeAll(async () => {
    world = new ScratchProject(FILES);
    for (const target of TARGETS)
      await world.run('plan', '--target', target, '--out', `plans/${target}.plan`);
    for (const target of TARGETS) before[`plans/${target}.plan`] = world.read(`plans/${target}.plan`);
  });
  beforeEach(() => {
    for (const [file, text] of Object.entries({ ...FILES, ...before })) world.write(file, text);
  });
  afterAll(() => world.dispose());

  const ids = async (...argv: readonly string[]): Promise<readonly unknown[]> => {
    const { stdout } = await world.run('merge', ...argv, '--format', 'json');
    return (JSON.parse(stdout) as { concerns: { id: string }[] }).concerns.map(({ id }) => id);
  };

  it.each(['text', 'json', 'junit', 'sarif'])('prints what one run would, as %s', async (format) => {
    const whole = await world.run('plan', '--format', format);
    const merged = await world.run('merge', 'plans', '--format', format);
    expect(merged).toEqual({ ...whole, stderr: '' });
    expect(merged.code).toBe(3);
  });

  it('does not depend on the order of the files', async () => {
    const turned = ['plans/west.plan', 'plans/north.plan', 'plans/east.plan'];
    const all = ['--format', 'json'];
    expect(await world.run('merge', ...turned, ...all)).toEqual(await world.run('merge', 'plans', ...all));
  });

  it('makes the one comment that a plan of all targets would be', async () => {
    const whole = await world.run('plan', '--format', 'markdown');
    const { stdout } = await world.run('merge', 'plans', '--format', 'markdown');
    const withoutCommand = (text: string): string => text.replace(/To apply it[^]*?(?=<!--)/, '');
    expect(withoutCommand(stdout)).toBe(withoutCommand(whole.stdout));
    expect(stdout).toContain('To apply it, run `landfall apply FILE` with the plan of each target.');
    expect(stdout).toContain(commentMarker('ucop', TARGETS));
    const page = await world.run('merge', 'plans', '--format', 'html');
    expect(page).toEqual({ ...(await world.run('plan', '--format', 'html')), stderr: '' });
  });

  it('names a target without a plan, and ends with 1', async () => {
    world.remove('plans/east.plan');
    const { code, stdout } = await world.run('merge', 'plans');
    expect(code).toBe(1);
    expect(stdout).toContain('critical target.missing');
    expect(stdout).toContain('Incomplete: target east has no plan.');
    const markdown = await world.run('merge', 'plans', '--format', 'markdown');
    expect(markdown.stdout).toContain('**Incomplete**: target `east` has no plan:');
    // It is still the comment of the project.
    expect(markdown.stdout).toContain(commentMarker('ucop', TARGETS));
    const nothing = await world.run('merge', 'plans/east.plan');
    expect(nothing.stdout).toContain('No changes in what could be planned. ');
    const comment = await world.run('merge', 'plans/east.plan', '--format', 'markdown');
    expect(comment.stdout).toMatch(/^No changes for `ucop` in what could be planned: /);
    const json = JSON.parse((await world.run('merge', 'plans', '--format', 'json')).stdout) as object;
    expect(json).toMatchObject({ errors: [{ target: 'east', code: 'PLAN_MISSING' }] });
    const west = await world.run('merge', 'plans', '--target', 'west', '--detailed-exitcode');
    expect(west.code).toBe(3);
    expect(await ids('plans/west.plan', '--target', 'w*')).toEqual([]);
    expect(
      (await world.run('merge', 'plans/west.plan', '--target', 'west', '--detailed-exitcode')).code,
    ).toBe(2);
  });

  it('names a file that is no plan, and merges the others', async () => {
    const text = world.read('plans/east.plan');
    for (const [content, what] of [
      ['', 'is incomplete or not JSON'],
      [text.slice(0, text.length / 2), 'is incomplete or not JSON'],
      [text.replace('"create"', '"delete"'), 'edited'],
      [text.replace(/"format_version": "2\.\d"/, '"format_version": "9.0"'), 'has format version "9.0"'],
      ['{"format_version":"1.1","changes":[]}', 'is not a plan that landfall has saved'],
    ] as const) {
      world.write('plans/east.plan', content);
      const { code, stdout, stderr } = await world.run('merge', 'plans');
      expect(code).toBe(1);
      expect(stderr).toContain('plan file plans/east.plan');
      expect(stderr).toContain(what);
      expect(stdout).toContain(
        'Incomplete: target east has no plan; not all plan files could be merged as they are.',
      );
      expect(stdout).toContain('+ awsscrum-lnx1');
    }
    const gone = await world.run('merge', 'plans/west.plan', 'plans/*.plan');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('FILE_UNREADABLE');
  });

  it('names a target of which some waves or VMs only were planned', async () => {
    world.write('waves/e2.yaml', wave('e2', ['{ name: awsscrum-win1 }'], ['target: east']));
    const own = ['plan', '--target', 'east', '--out', 'plans/east.plan'];
    for (const [flags, words] of [
      [['--vm', 'awsscrum-lnx2'], 'the plan of target east in plans/east.plan is of some of its VMs only'],
      [['--wave', 'e2'], 'the plan of target east in plans/east.plan leaves out wave e'],
    ] as const) {
      await world.run(...own, ...flags);
      const { code, stdout } = await world.run('merge', 'plans/east.plan', '--target', 'east');
      expect(code).toBe(1);
      expect(stdout).toContain(words);
      expect(stdout).toContain('Incomplete: target east is planned in part.');
    }
    world.write('targets.json', (await world.run('targets', '--format', 'json')).stdout);
    expect(await ids('plans', '--expect', 'targets.json')).toContain('plan.partial');
    await world.run(...own, '--wave', 'e*');
    expect(await ids('plans')).not.toContain('plan.partial');
    world.remove('waves/e2.yaml');
  });

  it('warns of a target that no runner looks at, as one run would', async () => {
    const more = PROJECT + '  south: { provider: sms, region: eu-west-1, endpoint: local }\n';
    world.write('landfall.yaml', more);
    const whole = await world.run('plan', '--format', 'json');
    expect(whole.stdout).toContain('target.not-looked-at');
    expect(await world.run('merge', 'plans', '--format', 'json')).toEqual({ ...whole, stderr: '' });
    world.write('targets.json', (await world.run('targets', '--format', 'json')).stdout);
    expect(await ids('plans', '--expect', 'targets.json')).toContain('target.not-looked-at');
    expect(await ids('plans', '--target', '*')).not.toContain('target.not-looked-at');
    await world.run('plan', '--target', 'south', '--out', 'plans/south.plan');
    expect(await ids('plans')).not.toContain('target.not-looked-at');
    world.remove('plans/south.plan');
  });

  it('takes what is expected from a list, without the wave files', async () => {
    world.write('targets.json', (await world.run('targets', '--format', 'json')).stdout);
    const before = await world.run('merge', 'plans');
    world.write('waves/w.yaml', 'spec: [broken');
    expect((await world.run('merge', 'plans')).stderr).toContain('waves/w.yaml:1');
    expect(await world.run('merge', 'plans', '--expect', 'targets.json')).toEqual(before);
    world.remove('landfall.yaml');
    expect(await world.run('merge', 'plans', '--expect', 'targets.json')).toEqual(before);
    expect(await ids('plans/west.plan', 'plans/north.plan', '--expect', 'targets.json')).toContain(
      'target.missing',
    );
    expect((await world.run('merge', 'plans')).stderr).toContain('PROJECT_NOT_FOUND');
    const narrowed = ['plans/west.plan', '--expect', 'targets.json', '--target'];
    expect(await ids(...narrowed, 'w*')).toEqual([]);
    expect((await world.run('merge', ...narrowed, 'wets')).stderr).toContain('did you mean west?');
  });

  it.each([
    ['', 'it is incomplete or not JSON'],
    ['[]', 'it has no format version'],
    ['{"format_version":"1.0"}', 'it names no project'],
    ['{"format_version":"1.0","project":"ucop","targets":[{"name":"<b>"}]}', 'no list of targets'],
    ['{"format_version":"1.0","project":"ucop","targets":[],"selected":[7]}', 'no list of selected targets'],
  ])('refuses the list %j', async (text, what) => {
    world.write('targets.json', text);
    const { code, stderr, stdout } = await world.run('merge', 'plans', '--expect', 'targets.json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('targets.json is no list of targets');
    expect(stderr).toContain(what);
  });

  it('checks the policies of the project on the whole', async () => {
    expect(await ids('plans')).not.toContain('policy.few');
    world.write('landfall.yaml', PROJECT + POLICIES);
    const whole = await world.run('plan', '--format', 'json');
    for (const target of TARGETS) {
      const { stdout } = await world.run('plan', '--target', target, '--out', `plans/${target}.plan`);
      expect(stdout).not.toContain('policy.few');
    }
    expect(await world.run('merge', 'plans', '--format', 'json')).toEqual({ ...whole, stderr: '' });
    expect(whole).toMatchObject({ code: 3, stdout: expect.stringContaining('policy.few') as unknown });
  });
});
