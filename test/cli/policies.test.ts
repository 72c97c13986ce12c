import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const POLICIES = `${PROJECT}policies:
  - name: every-wave-has-an-owner
    scope: plan
    expression: plan.waves.all(w, w.owner != "")
    message: a wave has no owner
    messageExpression: >-
      "waves without an owner: " +
      plan.waves.filter(w, w.owner == "").map(w, w.name).join(", ")
    remedy: set spec.owner
`;

describe('the policies of a project', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({
      'landfall.yaml': POLICIES,
      'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']),
    });
  });
  afterEach(() => world.dispose());

  it('refuse a run that does not meet them, with the place of the policy', async () => {
    const { code, stdout } = await world.run('apply', '--auto-approve', '--format', 'json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'policy.every-wave-has-an-owner', message: 'waves without an owner: sdsc-01' },
    });
    const plan = await world.run('plan', '--format', 'json');
    expect(plan.code).toBe(3);
    expect(JSON.parse(plan.stdout)).toMatchObject({
      concerns: [{ id: 'policy.every-wave-has-an-owner', file: 'landfall.yaml', line: 9, column: 5 }],
    });
    for (const format of ['text', 'markdown', 'sarif', 'junit', 'github', 'gitlab'])
      expect((await world.run('plan', '--format', format)).stdout).toContain('waves without an owner');
  });

  it('are set aside by name and with a reason, which is recorded', async () => {
    const flags = ['--override-policy', 'every-wave-has-an-owner', '--reason', 'CHG0042'];
    const overrides = { policy_overrides: [{ policy: 'every-wave-has-an-owner', reason: 'CHG0042' }] };
    const comment = await world.run('plan', ...flags, '--format', 'markdown');
    expect(comment.stdout.replaceAll('`', '')).toContain(
      'Policy every-wave-has-an-owner blocks nothing in this run: CHG0042',
    );
    const { stdout } = await world.run('plan', ...flags, '--format', 'json', '--out', 'p.json');
    expect(JSON.parse(stdout)).toMatchObject(overrides);
    const applied = await world.run('apply', 'p.json', '--format', 'json');
    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.stdout)).toMatchObject(overrides);
  });

  it('hold in a saved plan too', async () => {
    await world.run('plan', '--out', 'p.json');
    expect((await world.run('apply', 'p.json')).code).toBe(3);
  });

  describe('that have changed since a plan was saved', () => {
    const NOW = (scope: string, expression: string, more = ''): string =>
      `${PROJECT}policies:\n  - { name: calm, scope: ${scope}, message: not now, expression: '${expression}'${more} }\n`;
    beforeEach(async () => {
      world.write('landfall.yaml', PROJECT);
      expect((await world.run('plan', '--out', 'p.json')).code).toBe(0);
    });

    it.each([
      ['change', 'change.action != "create"', 'not now'],
      ['plan', 'plan.summary.create == 0', 'not now'],
      ['change', 'plan.changes[7].os == ""', 'could not be evaluated'],
    ])('refuse it all: scope %s, %s', async (scope, expression, message) => {
      world.write('landfall.yaml', NOW(scope, expression));
      const { code, stdout } = await world.run('apply', 'p.json', '--format', 'json');
      expect(code).toBe(3);
      const report = JSON.parse(stdout) as { error: { message: string; remedy: string } };
      expect(report).toMatchObject({ error: { code: 'policy.calm' } });
      expect(report.error.message).toContain(message);
      expect(report.error.message).toContain(
        'the plan in p.json does not meet the policies of the project as they are now',
      );
      expect(report.error.remedy).toContain('plan again');
      expect(JSON.parse((await world.run('show', 'p.json', '--format', 'json')).stdout)).toMatchObject({
        freshness: { status: 'stale', drift: [{ what: 'policy.calm', now: 'violated' }] },
      });
      world.write('landfall.yaml', PROJECT);
      expect((await world.run('show', 'p.json')).stdout).not.toContain('policy.calm');
      expect((await world.run('apply', 'p.json')).code).toBe(0);
    });

    it.each([
      ['met', NOW('change', 'change.action == "create"')],
      ['warnings', NOW('change', 'false', ', severity: warning')],
    ])('let it run where they are %s', async (_, text) => {
      world.write('landfall.yaml', text);
      expect((await world.run('apply', 'p.json')).code).toBe(0);
    });

    it('see the time of the apply', async () => {
      world.write('landfall.yaml', NOW('plan', 'plan.timestamp.getDayOfWeek() != 2'));
      expect((await world.run('plan', '--out', 'monday.json')).code).toBe(0);
      world.now += 24 * 3600 * 1000;
      const { code, stderr } = await world.run('apply', 'monday.json');
      expect(code).toBe(3);
      expect(stderr).toContain('policy.calm: met in the plan, violated now');
    });

    it('do not refuse what a run has set aside and saved', async () => {
      world.write('landfall.yaml', NOW('plan', 'false'));
      const flags = ['--override-policy', 'calm', '--reason', 'CHG0042'];
      await world.run('plan', '--out', 'aside.json', ...flags);
      expect((await world.run('apply', 'aside.json')).code).toBe(0);
    });
  });

  it.each([
    [['--override-policy', 'every-wave-has-an-owner'], '--override-policy and --reason go together'],
    [['--override-policy', 'every-wave', '--reason', 'CHG0042'], 'no policy "every-wave"'],
  ])('are not set aside by %j', async (flags, message) => {
    const { code, stderr } = await world.run('plan', ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('are checked by validate, which says where in the expression a mistake is', async () => {
    world.write(
      'landfall.yaml',
      `${PROJECT}policies:
  - { name: one, expression: 'change.stepname == "x"', message: no }
  - name: one
    message: no
    expression: |
      change.action != "create" &&
        chnge.os == ""
`,
    );
    const { code, stdout } = await world.run('validate', '--format', 'json');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { diagnostics: object[] }).diagnostics).toMatchObject([
      { id: 'policies.invalid', line: 9, column: 38, remedy: 'did you mean step_name?' },
      { id: 'policies.duplicate', line: 10 },
      { id: 'policies.invalid', line: 14, column: 9, remedy: 'did you mean change?' },
    ]);
  });
});
