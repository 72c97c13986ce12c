import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Landfall, useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { BY_NAME } from './services.ts';

const VMS = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `p-${app}-${part}`),
);

describe.each(BY_NAME)('an apply that is interrupted on %s', (_, service) => {
  const start = useProgram();
  let relayed: Relayed;
  /** Lets the calls go that are held back. */
  let release: () => void;
  /** Resolves when as many creates are held back as may be in flight. */
  let held: Promise<void>;

  beforeEach(async () => {
    relayed = await relayedWorld(2, service);
    relayed.world.write(
      'waves/a.yaml',
      service.wave(
        'a',
        VMS.map((name) => service.vm(name)),
      ),
    );
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let creates = 0;
    held = new Promise((resolve) => {
      relayed.relay.watch = {
        async before({ operation }) {
          if (operation !== service.create) return true;
          creates += 1;
          if (creates === 2) resolve();
          await released;
          return true;
        },
      };
    });
  });
  afterEach(async () => {
    release();
    await relayed.dispose();
  });

  /** Starts an apply; resolves when it has as many creates in flight as it may. */
  async function applyUntilHeld(...more: string[]): Promise<Landfall> {
    const argv = ['apply', '--auto-approve', '--format', 'json', ...more];
    const landfall = start(relayed.world.folder, argv, CREDENTIALS);
    const early = await Promise.race([held, landfall.ended]);
    expect(early).toBeUndefined();
    return landfall;
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('lets what is in flight finish at the first %s', async (signal) => {
    const { process, says, ended } = await applyUntilHeld();
    process.kill(signal);
    await says('Stopping: calls in flight will finish.');
    release();

    const { code, stdout } = await ended;
    expect(code).toBe(6);
    const { interrupted, results } = JSON.parse(stdout) as {
      interrupted: boolean;
      results: { status: string; id?: string; reason?: string }[];
    };
    expect(interrupted).toBe(true);
    const done = results.filter(({ status }) => status === 'done');
    expect(done).toHaveLength(2);
    expect(results.filter(({ reason }) => reason === 'the run was interrupted')).toHaveLength(8);
    const jobs = await service.jobs(relayed.url);
    expect(jobs.map(({ id }) => id).toSorted()).toEqual(done.map(({ id }) => id).toSorted());
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves at once at the second %s', async (signal) => {
    const { process, says, ended } = await applyUntilHeld();
    process.kill(signal);
    await says('Stopping');
    process.kill(signal);
    // What is in flight is still held back.
    const { stderr, ...end } = await ended;
    expect(end).toMatchObject({ signal, stdout: '' });
    expect(stderr).toMatch(
      /\n2 changes were in flight, and how they ended is not known; `landfall plan` compares again:\n {2}a\/p-\w+-\w+: creating\n {2}a\/p-\w+-\w+: creating\n/,
    );
  });

  it.each([
    ['a second SIGINT', 'SIGINT'],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('leaves a report after %s that says that nobody knows the end', async (_how, signal) => {
    const { world } = relayed;
    // That of a run before.
    world.write('report.json', '{ "exit_code": 0 }');
    const { process, says, ended } = await applyUntilHeld('--report', 'report.json');
    process.kill('SIGINT');
    await says('Stopping');
    process.kill(signal);
    expect(await ended).toMatchObject({ signal });
    expect(JSON.parse(world.read('report.json'))).toMatchObject({
      exit_code: 1,
      results: [],
      error: {
        code: 'RUN_UNFINISHED',
        message: expect.stringContaining('the run has not ended') as unknown,
      },
    });
  });
});
