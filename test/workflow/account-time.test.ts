import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalEndpoint, startLocalEndpoint } from '../../src/local/index.ts';
import { openAccounts } from '../../src/workflow/accounts.ts';
import { ScratchProject } from '../cli/scratch-project.ts';
import { target } from '../plan/plan-input.ts';

const HOUR = 3_600_000;

describe.each(['sms', 'mgn'])('the time of an account of %s', (provider) => {
  let world: ScratchProject;
  let endpoint: LocalEndpoint;
  beforeEach(async () => {
    world = new ScratchProject();
    await world.useSmallInventory();
    const folder = join(world.folder, '.landfall', 'local');
    endpoint = await startLocalEndpoint({ folder, clock: world.clock, mgn: { initialized: true } });
  });
  afterEach(async () => {
    await endpoint.close();
    await world.dispose();
  });

  it('is that of its latest response, where its clock is faster than that of this machine', async () => {
    const projectFile = join(world.folder, 'landfall.yaml');
    const host = {
      env: {},
      cwd: world.folder,
      clock: { now: () => world.now, sleep: () => Promise.resolve() },
    };
    await using accounts = await openAccounts(
      { host: { ...host, onInterrupt: () => () => undefined } },
      { project: 'ucop', projectFile, targets: [{ ...target('local'), provider, endpoint: 'local' }] },
    );
    await accounts.observe({ phases: new Map() });
    expect(accounts.timeOf('local')).toBe(world.now);
    endpoint.advance(HOUR);
    // A call that fails tells the time too.
    await accounts.providers
      .get('local')
      ?.delete('sms-job-00000000')
      .catch(() => undefined);
    expect(accounts.timeOf('local')).toBe(world.now + HOUR);
    // Without a call, the time of this machine passes.
    world.now += 2 * HOUR;
    expect(accounts.timeOf('local')).toBe(world.now);
  });
});
