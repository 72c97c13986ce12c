import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BY_NAME } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

/** VMs of the built-in inventory whose names nobody shares. */
const VMS = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `p-${app}-${part}`),
);

describe.each(BY_NAME)('a run that a guard refuses on %s', (_, service) => {
  const { wave } = service;
  const vms = (names: readonly string[]) => names.map((name) => service.vm(name));
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({ 'landfall.yaml': service.project(), 'waves/db.yaml': wave('db', vms(VMS)) });
    await service.ready(world);
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    // Half of the VMs go, and one comes.
    world.write('waves/db.yaml', wave('db', vms([...VMS.slice(5), 'awsscrum-lnx1'])));
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('is shown in full, and changes nothing at all', async () => {
    const planned = await world.run('plan');
    expect(planned.code).toBe(3);
    expect(planned.stdout).toMatch(/- p-payroll-db01 +s\S+ .*blocked: guard\.max-deletes/);
    expect(planned.stdout).toMatch(/\+ awsscrum-lnx1 .*blocked: guard\.max-deletes/);
    expect(planned.stdout).toContain('5 of the 10 managed jobs');
    expect(planned.stdout).toContain('--force=deletes');
    expect(planned.stdout).toContain('Refused by guard.max-deletes');

    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 3 });
    expect(await world.run('plan')).toEqual(planned);
    const json = await world.run('apply', '--auto-approve', '--format', 'json');
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ results: [], summary: { blocked: 6, deleted: 0 } });
  });

  it('goes on when the guard is lifted by its name, and only then', async () => {
    expect(await world.run('apply', '--auto-approve', '--force=updates')).toMatchObject({ code: 3 });
    expect(await world.run('apply', '--auto-approve', '--force', 'everything')).toMatchObject({ code: 1 });
    const forced = await world.run('apply', '--auto-approve', '--force=updates,deletes');
    expect(forced).toMatchObject({ code: 0 });
    expect(forced.stdout).toContain('1 created, 5 deleted');
  });

  it('can be lifted from the environment', async () => {
    world.env = { LANDFALL_FORCE: 'deletes' };
    expect(await world.run('plan')).toMatchObject({ code: 0 });
    world.env = { LANDFALL_FORCE: 'all' };
    expect(await world.run('plan')).toMatchObject({ code: 1 });
  });
});
