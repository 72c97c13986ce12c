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
