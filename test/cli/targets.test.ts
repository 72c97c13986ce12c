import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ScratchProject, wave } from './scratch-project.ts';

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
  west: { provider: sms, region: us-west-2, endpoint: local }
  east: { provider: mgn, region: us-east-1, assumeRole: 'arn:aws:iam::123456789012:role/landfall' }
  north: { provider: sms, region: us-west-1, account: '210987654321' }
  retired: { provider: sms, region: eu-west-1 }
`;
const VMS = ['{ name: a }', '{ name: b }'];
const onTarget = (target: string, ...spec: readonly string[]) => [`target: ${target}`, ...spec];
const FILES = {
  'landfall.yaml': PROJECT,
  'waves/db.yaml': wave('db', ['{ name: db }'], onTarget('north')),
  'waves/web.yaml': wave('web', VMS, onTarget('west', 'dependsOn: [{ wave: db, phase: replicate }]')),
  'waves/batch.yaml': wave('batch', ['{ name: job }'], onTarget('west')),
  'waves/east.yaml': wave('east', ['{ name: c }'], onTarget('east')).replace('frequency: 12', ''),
};

describe('landfall targets', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject(FILES);
  });
  afterEach(() => world.dispose());

  it('lists each target that a plan includes, and asks no account', async () => {
    expect(await world.run('targets')).toEqual({
      code: 0,
      stderr: '',
      stdout: `TARGET  STAGE  SERVICE  ACCOUNT       REGION     ENDPOINT  WAVES  VMS  WAITS FOR  ROLE
east    1      mgn      123456789012  us-east-1            1      1               arn:aws:iam::123456789012:role/landfall
north   1      sms      210987654321  us-west-1            1      1
west    2      sms                    us-west-2  local     2      3    north

3 targets in 2 stages.
Left out: retired, because no wave names it.
`,
    });
    const { stdout } = await world.run('targets', '--target', 'w*', '--target', 'retired');
    expect(stdout).toContain('2 targets.\n');
    expect(stdout).not.toContain('Left out');
  });

  it('says which targets wait for each other', async () => {
    world.write('waves/later.yaml', wave('later', ['{ name: d }'], onTarget('north', 'dependsOn: [batch]')));
    const { stdout } = await world.run('targets');
    expect(stdout).toMatch(/^north +1 .* west/m);
    expect(stdout).toMatch(/^west +1 .* north/m);
    expect(stdout).toContain('Waves of north, west wait for each other: these targets are in one stage');
    expect(stdout).toContain('3 targets.\n');
  });

  it('prints outputs of a step of GitHub, which an empty list has too', async () => {
    const { stdout } = await world.run('targets', '--format', 'github');
    const outputs = new Map(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/=(.*)/, 2) as [string, string]),
    );
    expect([...outputs.keys()]).toEqual(['count', 'stages', 'matrix', 'stage-1', 'stage-2']);
    expect(outputs.get('count')).toBe('3');
    expect(JSON.parse(outputs.get('stage-2') ?? '')).toEqual({
      include: [{ target: 'west', provider: 'sms', region: 'us-west-2', stage: 2 }],
    });
    expect((JSON.parse(outputs.get('matrix') ?? '') as { include: object[] }).include).toHaveLength(3);
  });

  it.each(['plan', 'apply'])('prints a child pipeline of GitLab: %s', async (jobs) => {
    const { code, stdout } = await world.run('targets', '--format', 'gitlab', '--jobs', jobs);
    expect(code).toBe(0);
    const data = parse(stdout) as Record<string, Record<string, unknown>>;
    expect(data['include']).toEqual([{ local: '/.gitlab/landfall.yml' }]);
    expect(data['stages']).toEqual(
      jobs === 'plan' ? ['plan', 'merge'] : ['plan-1', 'apply-1', 'plan-2', 'apply-2'],
    );
    expect(data['plan west']?.['script']).toContain(
      'landfall plan ${LANDFALL_PLAN_FLAGS:-} --target west --out landfall-plans/west.plan',
    );
    if (jobs === 'apply')
      expect(data['apply west']).toMatchObject({ stage: 'apply-2', needs: ['plan west'] });
  });

  it('says what a platform does not take', async () => {
    const bad = await world.run('targets', '--format', 'gitlab', '--include', 'ci/$NAME');
    expect(bad).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('.yml') as unknown });
    const names = Array.from({ length: 257 }, (_, index) => `t${index}`);
    const rows = names.map((name) => `  ${name}: { provider: sms, region: us-west-2 }\n`);
    world.write('landfall.yaml', PROJECT + rows.join(''));
    const each = await world.run('targets', '--format', 'github', '--target', 't*');
    expect(each).toMatchObject({ code: 0, stderr: expect.stringContaining('this one has 257') as unknown });
    expect((await world.run('targets', '--format', 'github', '--target', 't?')).stderr).toBe('');
  });

  it('writes to a file', async () => {
    expect(await world.run('targets', '--format', 'json', '--out', 'targets.json')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(JSON.parse(world.read('targets.json'))).toMatchObject({ project: 'ucop', unused: ['retired'] });
  });

  it('refuses what it cannot list', async () => {
    const unknown = await world.run('targets', '--target', 'wset');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('did you mean west?');
    world.write('waves/db.yaml', 'spec: [broken');
    const broken = await world.run('targets', '--format', 'github');
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toContain('waves/db.yaml:1');
  });
});
