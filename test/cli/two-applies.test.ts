import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BY_NAME } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

describe.each(BY_NAME)('two applies at once, without a lock, on %s', (_, service) => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': service.project(),
      'waves/a.yaml': service.wave(
        'a',
        ['awsscrum-lnx1', 'p-payroll-web01'].map((name) => service.vm(name)),
      ),
    });
    await world.serve({});
    await service.ready(world);
    // While one asks, the other creates the job of the first VM.
    world.answer = 'yes';
    world.onAsk = async () => {
      world.onAsk = () => undefined;
      const { stdout } = await world.run('apply', '--auto-approve', '--no-lock', '--vm', 'a/awsscrum-lnx1');
      expect(stdout).toContain('1 created');
    };
  });
  afterEach(() => world.dispose());

  it('do not both claim to have created the job', async () => {
    const { code, stdout, stderr } = await world.run('apply', '--no-lock');
    expect(code).toBe(0);
    expect(stdout).toContain('Applied: 1 created, 1 already there in');
    expect(stderr).toMatch(/a\/awsscrum-lnx1: already there \(s\S+\) after/);
    expect(stderr).toMatch(/a\/p-payroll-web01: created \(s\S+\) after/);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('say so in the report and in the stream', async () => {
    const files = ['--report', 'report.json', '--json-into', 'events.jsonl'];
    expect((await world.run('apply', '--no-lock', ...files)).code).toBe(0);
    const outcome = JSON.parse(world.read('report.json')) as { results: object[] };
    const id = expect.stringMatching(service.id) as unknown;
    expect(outcome).toMatchObject({
      results: [
        { address: 'a/awsscrum-lnx1', status: 'done', was_there: true, id },
        { address: 'a/p-payroll-web01', status: 'done', id },
      ],
      summary: { created: 1, already_there: 1 },
    });
    expect(outcome.results[1]).not.toHaveProperty('was_there');

    const events = world
      .read('events.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; hook?: { address: string; was_there?: true } });
    const completed = events.filter(({ type }) => type === 'apply_complete');
    const late = completed.find(({ hook }) => hook?.address === 'a/awsscrum-lnx1');
    expect(late).toMatchObject({
      '@message': expect.stringContaining('already there') as unknown,
      hook: { was_there: true, id },
    });
    expect(completed.filter(({ hook }) => hook?.was_there === true)).toEqual([late]);
    expect(events.find(({ type }) => type === 'change_summary')).toBeDefined();
  });
});
