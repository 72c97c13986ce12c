import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const SDSC = 'c-415fef98f4c66c487';

let world: ScratchProject;
beforeEach(async () => {
  world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
  await world.run('apply', '--auto-approve');
});
afterEach(async () => {
  await world.dispose();
});

async function connectors(): Promise<readonly { id: string; healthy: boolean }[]> {
  const { stdout } = await world.run('connectors', 'list', '--format', 'json');
  return (JSON.parse(stdout) as { connectors: { id: string; healthy: boolean }[] }).connectors;
}

describe('connectors', () => {
  it('are listed with their vCenters', async () => {
    const { code, stdout } = await world.run('connectors', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nc-415fef98f4c66c487 +healthy +p-sdsc-vcenter1\.xxxx\.xxx /);
    expect(stdout).toMatch(/\n\n2 connectors, 2 healthy\.\n$/);
  });

  it('are taken away after saying what stalls', async () => {
    const refused = await world.run('connectors', 'disassociate', SDSC);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('last healthy connector of p-sdsc-vcenter1.xxxx.xxx');
    expect(refused.stderr).toMatch(/1 managed job will stall .*\n +sms-job-\w{8} +sdsc-01\/awsscrum-lnx1 /);
    expect(refused.stderr).not.toContain('nothing will replicate');
    expect(await connectors()).toHaveLength(2);

    world.answer = 'yes';
    expect(await world.run('connectors', 'disassociate', SDSC)).toMatchObject({
      code: 0,
      stdout: `Connector ${SDSC} is disassociated.\n`,
    });
    const [left] = await connectors();
    if (left === undefined) throw new Error('no connector is left');
    const last = await world.run('connectors', 'disassociate', left.id, '--auto-approve', '--format', 'json');
    expect(last.stderr).toContain('nothing will replicate');
    expect(JSON.parse(last.stdout)).toMatchObject({
      disassociated: { id: left.id },
      last_of_vcenter: true,
      last_of_all: true,
      stalled_jobs: [{ server: { name: 'awsscrum-lnx1' } }],
    });
    expect(await connectors()).toEqual([]);
    expect(await world.run('catalog', 'import')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NoConnectorsAvailableException') as unknown,
    });
  });

  it('are asked about in full, however quiet the run', async () => {
    world.answer = 'no';
    const { stderr } = await world.run('connectors', 'disassociate', SDSC, '--quiet');
    expect(stderr).toContain('1 managed job will stall');
  });

  it('are not guessed', async () => {
    expect(
      await world.run('connectors', 'disassociate', 'c-415fef98f4c66c478', '--auto-approve'),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`did you mean ${SDSC}?`) as unknown,
    });
    expect(await connectors()).toHaveLength(2);
  });

  it('are asked for by target where the project has several, and none by default', async () => {
    const targets = ['a', 'b'].map(
      (name) => `  ${name}: { provider: sms, region: us-west-2, endpoint: local }\n`,
    );
    world.write(
      'landfall.yaml',
      `apiVersion: landfall/v1\nkind: Project\nmetadata: { name: ucop }\nwaves: []\ntargets:\n${targets.join('')}`,
    );
    expect(await world.run('connectors', 'list')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no defaultTarget\n.*give --target with one of a, b/) as unknown,
    });
  });
});
