import { afterEach, expect, it } from '@jest/globals';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const [, MGN] = SERVICES;

let world: ScratchProject;
afterEach(async () => {
  await world.dispose();
});

const documentOf = (more = '') =>
  `{ actionName: Harden, ssmDocumentName: AWS-RunShellScript, parameters: { commands: [one, two] }${more} }`;

const vmWith = (postLaunch: string) => `{ name: awsscrum-lnx1, mgn: { postLaunch: { ${postLaunch} } } }`;

it('puts post-launch actions of git on a server, once, and waits for those that must succeed', async () => {
  world = new ScratchProject({ 'landfall.yaml': MGN.project() });
  await world.useSmallInventory();
  await MGN.ready(world);
  const write = (phase: string, postLaunch: string) => {
    world.write('waves/w1.yaml', MGN.wave('w1', [vmWith(postLaunch)], [`phase: ${phase}`, 'test: skip']));
  };
  const apply = () => world.run('apply', '--auto-approve', '--confirm-finalize=w1');
  const plan = async () => (await world.run('plan')).stdout;

  write('replicate', `deployment: CUTOVER_ONLY, ssmDocuments: [${documentOf()}]`);
  expect(await apply()).toMatchObject({ code: 0 });
  world.now += 12 * HOUR;
  expect(await plan()).toMatch(/[Nn]o changes|nothing to do/);

  const required = `deployment: CUTOVER_ONLY, ssmDocuments: [${documentOf(', mustSucceedForCutover: true')}]`;
  write('replicate', required);
  expect(await plan()).toContain('mgn.postLaunch.ssmDocuments.Harden.mustSucceedForCutover');
  await apply();
  expect(await plan()).toMatch(/[Nn]o changes|nothing to do/);

  write('cutover', required);
  for (let turn = 0; turn < 2; turn += 1) await apply();
  world.now += 18 * 60_000;
  write('finalize', required);
  const waiting = await world.run('status');
  expect(waiting.stdout).toMatch(/post-launch\s+actions/);
  world.now += HOUR;
  const runs = await world.run('runs', 'awsscrum-lnx1');
  expect(runs.stdout).toMatch(/Harden +AWS-RunShellScript +success +must succeed/);
  await apply();
  expect((await world.run('status')).stdout).toContain('finalized');
});

it('refuses in the manifest what AWS would refuse', async () => {
  world = new ScratchProject({ 'landfall.yaml': MGN.project() });
  const twice = `ssmDocuments: [${documentOf()}, ${documentOf()}]`;
  for (const wrong of [
    'deployment: NEVER',
    'ssmDocuments: [{ actionName: Harden }]',
    'ssmDocuments: [{ actionName: A, ssmDocumentName: abc, parameters: { a-b: one } }]',
    'ssmDocuments: [{ actionName: A, ssmDocumentName: abc, parameters: { ab: /one } }]',
    'ssmDocuments: [{ actionName: A, ssmDocumentName: abc, timeoutSeconds: 0 }]',
    twice,
  ]) {
    world.write('waves/w1.yaml', MGN.wave('w1', [vmWith(wrong)]));
    const { code, stdout, stderr } = await world.run('validate');
    expect([wrong, code, `${stdout}${stderr}`]).toEqual([
      wrong,
      1,
      expect.stringContaining('waves/w1.yaml:'),
    ]);
  }
});

it('does not finalize after an action that had to succeed has failed, until a new launch runs it with success', async () => {
  world = new ScratchProject({ 'landfall.yaml': MGN.project() });
  await world.useSmallInventory();
  const failures = [{ server: '*', action: 'Harden', of: 'cutover' as const, message: 'exit status 1' }];
  await world.serve({ faults: { postLaunchFailures: failures } });
  await MGN.ready(world);
  const required = `deployment: CUTOVER_ONLY, ssmDocuments: [${documentOf(', mustSucceedForCutover: true')}]`;
  const write = (phase: string) => {
    world.write('waves/w1.yaml', MGN.wave('w1', [vmWith(required)], [`phase: ${phase}`, 'test: skip']));
  };
  const apply = (...more: string[]) => world.run('apply', '--auto-approve', ...more);

  write('cutover');
  await apply();
  world.now += 12 * HOUR;
  for (let turn = 0; turn < 3; turn += 1) {
    await apply();
    world.now += HOUR;
  }
  const { stdout: status } = await world.run('status');
  expect(status).toMatch(/cut over: i-\w+ .*fix the cause, then launch it again +job\.actions-failed/);
  write('finalize');
  const refused = await apply('--confirm-finalize=w1');
  const said = refused.stdout.replace(/\s+/g, ' ');
  expect([refused.code, said]).toEqual([3, expect.stringContaining('phase.actions-failed')]);
  expect(said).toMatch(
    /awsscrum-lnx1: post-launch actions that must succeed of i-\w+ have failed: Harden: exit status 1/,
  );
  expect(said).toContain('landfall rollback w1/awsscrum-lnx1');
  expect(said).not.toContain('postLaunchActions: any');

  // The outcome has the state of each action, as text, as JSON and in the stream.
  expect(said).toMatch(
    /Post-launch actions w1\/awsscrum-lnx1 \(i-\w+\): Harden failed, must succeed, exit status 1/,
  );
  const json = await apply('--confirm-finalize=w1', '--format=json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    launch_actions: [
      {
        ...{ address: 'w1/awsscrum-lnx1', instance_id: expect.stringMatching(/^i-/) as unknown },
        actions: [{ name: 'Harden', status: 'failed', must_succeed: true, error: 'exit status 1' }],
      },
    ],
  });
  const stream = await apply('--confirm-finalize=w1', '--json');
  expect(stream.stdout).toMatch(/"type":"launch_actions","launch_actions":{"address":"w1\/awsscrum-lnx1"/);

  world.setFaults({});
  expect(await world.run('rollback', 'w1/awsscrum-lnx1', '--auto-approve')).toMatchObject({ code: 0 });
  world.now += HOUR;
  for (let turn = 0; turn < 4; turn += 1) {
    await apply('--confirm-finalize=w1', '--confirm-cutover=w1', '--confirm-revert=w1');
    world.now += HOUR;
  }
  expect((await world.run('status')).stdout).toContain('finalized');
});
