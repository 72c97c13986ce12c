import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SHUT_REASON = 'window nights opens 2026-11-24 22:00 UTC';

/** A project whose cut-overs begin from 22 to 24 o'clock, and a wave that is to be cut over. */
describe('the windows of a project', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': `${PROJECT}windows:
  - { name: nights, schedule: '0 22 * * *', duration: 2h, phases: [cutover] }
`,
      'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }']),
    });
    await world.run('apply', '--auto-approve');
    world.write(
      'waves/sdsc-01.yaml',
      wave('sdsc-01', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }'], ['phase: cutover']),
    );
    // 23:30
    world.now += 15.5 * HOUR;
  });
  afterEach(() => world.dispose());

  it('let a saved plan hold until one of them shuts, and show says so', async () => {
    const { stdout } = await world.run('plan', '--out', 'p.json');
    expect(stdout).toContain('Apply before 2026-11-24 00:00 UTC: a window shuts then.');
    const shown = await world.run('show', 'p.json', '--format', 'json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      valid_until: '2026-11-24T00:00:00Z',
      changes: [{ closes_at: '2026-11-24T00:00:00Z' }, { closes_at: '2026-11-24T00:00:00Z' }],
      freshness: { status: 'fresh' },
    });

    world.now += 30 * MINUTE;
    expect((await world.run('show', 'p.json')).stdout).toContain('Stale:');
    const applied = await world.run('apply', 'p.json');
    expect(applied.code).toBe(4);
    expect(applied.stderr).toContain('is stale: it held until 2026-11-24 00:00 UTC, when a window shut');
  });

  it('that shut while a user thinks it over keep the steps from starting', async () => {
    world.answer = 'yes';
    world.onAsk = () => (world.now += HOUR);
    const { code, stdout } = await world.run('apply');
    expect(code).toBe(6);
    expect(stdout).toContain('not tried: its window shut at 2026-11-24 00:00 UTC');
    expect(stdout).toContain('2 not tried');
  });

  it('do not hold for a run that overrides them, which records why', async () => {
    world.now += HOUR;
    const shut = await world.run('plan');
    expect(shut.stdout).toContain(SHUT_REASON);
    const status = await world.run('status', '--format', 'json');
    const next = { text: SHUT_REASON, waits_for: 'window' };
    expect(JSON.parse(status.stdout)).toMatchObject({ vms: [{ next }, { next }] });

    const flags = ['--override-window', 'nights', '--reason', 'CHG0042 <b>'];
    const comment = await world.run('plan', ...flags, '--format', 'markdown');
    expect(comment.stdout).toContain('Window nights does not hold for this run: `CHG0042` `<b>`');
    expect(comment.stdout).toContain("--override-window nights --reason 'CHG0042 <b>'");
    await world.run('plan', ...flags, '--out', 'p.json');
    const applied = await world.run('apply', 'p.json', '--format', 'json');
    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.stdout)).toMatchObject({
      overrides: [{ window: 'nights', reason: 'CHG0042 <b>' }],
      summary: { advanced: 2 },
    });
  });

  it.each([
    [['--override-window', 'nights'], 'go together'],
    [['--reason', 'CHG0042'], 'go together'],
    [['--override-window', 'night', '--reason', 'CHG0042'], 'did you mean nights?'],
  ])('are overridden by name and with a reason only: %j', async (flags, message) => {
    const { code, stderr } = await world.run('plan', ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
