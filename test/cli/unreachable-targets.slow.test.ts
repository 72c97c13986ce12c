import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CREDENTIALS } from './relayed.ts';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const [SMS, MGN] = SERVICES;

/** Nothing listens on port 1. */
const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: old
targets:
  old: { provider: sms, region: us-west-2, endpoint: local }
  far: { provider: sms, region: eu-west-1, endpoint: "http://127.0.0.1:1" }
  new:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }
`;

const HOUR = 3_600_000;

const UNREAD = {
  target: 'far',
  code: 'ENDPOINT_UNREACHABLE',
  message: 'target far: cannot reach 127.0.0.1:1: ECONNREFUSED',
  remedy: expect.any(String) as unknown,
};
const INCOMPLETE = 'Incomplete: target far could not be read.';

describe('a project with a target that cannot be reached', () => {
  const environment = { ...process.env };
  let world: ScratchProject;
  beforeEach(async () => {
    Object.assign(process.env, CREDENTIALS);
    world = new ScratchProject({
      'landfall.yaml': PROJECT,
      'waves/old.yaml': SMS.wave('old-01', [SMS.vm('awsscrum-lnx1'), SMS.vm('awsscrum-lnx2')]),
      'waves/far.yaml': SMS.wave('far-01', [SMS.vm('p-ledger-db01')], ['target: far']),
      'waves/new.yaml': MGN.wave('new-01', [MGN.vm('p-payroll-web01')], ['target: new']),
    });
    expect(await world.run('mgn', 'init', 'new', '--auto-approve')).toMatchObject({ code: 0 });
  });
  afterEach(async () => {
    process.env = environment;
    await world.dispose();
  });

  async function json<T>(...argv: readonly string[]): Promise<T & { readonly code: number }> {
    const { code, stdout } = await world.run(...argv, '--format', 'json');
    return { code, ...(JSON.parse(stdout) as T) };
  }

  it('says a reason once that all targets have', async () => {
    const target = '{ provider: sms, region: eu-west-1, endpoint: "http://127.0.0.1:1" }';
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    world.write(
      'landfall.yaml',
      `${PROJECT.split('defaultTarget')[0] ?? ''}targets:
${names.map((name) => `  ${name}: ${target}\n`).join('')}`,
    );
    for (const file of ['waves/old.yaml', 'waves/far.yaml', 'waves/new.yaml']) world.remove(file);
    for (const name of names)
      world.write(`waves/${name}.yaml`, SMS.wave(name, [SMS.vm(`vm-${name}`)], [`target: ${name}`]));
    const { code, stderr } = await world.run('plan');
    expect(code).toBe(1);
    expect(stderr.split('\n')[0]).toBe(
      'error ENDPOINT_UNREACHABLE  7 targets (a, b, c, d, e and 2 more): cannot reach 127.0.0.1:1: ECONNREFUSED',
    );
  });

  it('plans and applies the others, and says which one it could not read', async () => {
    const before = world.now;
    const plan = await world.run('plan', '--out', 'landfall.plan', '--detailed-exitcode');
    expect(plan.code).toBe(1);
    expect(plan.stderr).toMatch(/^error ENDPOINT_UNREACHABLE {2}target far: .*\n {2}fix: .*\nSaved to/);
    expect(plan.stdout).toMatch(/^new \(.*\n[^]*\nold \(.*\n[^]*\ncritical target.unreachable\n/);
    expect(plan.stdout).toMatch(new RegExp(`\nPlan: 3 to create, .*\\.\n${INCOMPLETE}\n$`));
    // It fails fast: nobody waits half a minute for a port that is closed.
    expect(world.now - before).toBeLessThan(5000);

    expect(await json('plan')).toMatchObject({
      code: 1,
      targets: [{ name: 'new' }, { name: 'old' }],
      concerns: [{ id: 'target.unreachable', severity: 'critical', ...UNREAD }],
      errors: [UNREAD],
    });
    const { stdout: comment } = await world.run('plan', '--format', 'markdown');
    expect(comment).toMatch(/^Plan for `ucop`: .*\n\n\*\*Incomplete\*\*: target `far` could not be read:\n/);
    expect(comment).toContain('<!-- landfall:ucop:far,new,old -->');

    const applied = await world.run('apply', 'landfall.plan', '--report', 'report.json');
    expect(applied.code).toBe(6);
    expect(applied.stdout).toMatch(new RegExp(`\nApplied: 3 created in .*\n${INCOMPLETE}\n$`));
    expect(JSON.parse(world.read('report.json'))).toMatchObject({ exit_code: 6, errors: [UNREAD] });

    const again = await world.run('apply', '--auto-approve');
    expect(again).toMatchObject({ code: 6 });
    expect(again.stdout).toMatch(
      new RegExp(`No changes in what could be planned. 3 VMs match .*\n${INCOMPLETE}\n$`),
    );
    // Narrowed to the others, a run is complete.
    expect(await world.run('plan', '--target', 'old', '--target', 'new')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await world.run('apply', '--target', 'far', '--auto-approve')).toMatchObject({ code: 1 });
  });

  it('applies the rest of a saved plan, and what has a lock', async () => {
    const others = ['--target', 'old', '--target', 'new'];
    expect(await world.run('plan', '--out', 'landfall.plan', ...others)).toMatchObject({ code: 0 });
    world.write('landfall.yaml', PROJECT.replace('  new:\n', '  new:\n    account: "123456789012"\n'));
    const { code, stdout, stderr } = await world.run('apply', 'landfall.plan');
    expect(code).toBe(6);
    expect(stderr).toContain('error ACCOUNT_MISMATCH');
    expect(stdout).toContain('target new could not be read\n  new new-01/p-payroll-web01\n');
    expect(stdout).toMatch(
      /\nApplied: 2 created in .* 1 not tried\.\nIncomplete: target new could not be read\.\n$/,
    );

    const lock = 'lock: { s3: { bucket: locks, key: old, endpoint: "http://127.0.0.1:1" } }';
    world.write('landfall.yaml', PROJECT.replace('endpoint: local }', `endpoint: local, ${lock} }`));
    const locked = await world.run('apply', '--auto-approve', ...others);
    expect(locked).toMatchObject({
      code: 6,
      stdout: expect.stringContaining('Applied: 1 created') as unknown,
    });
    expect(locked.stderr).toMatch(/^error ENDPOINT_UNREACHABLE {2}target old: /);
  });

  it('is shown as far as it can be read by all that looks at several targets', async () => {
    await world.run('apply', '--auto-approve', '--target', 'old', '--target', 'new');
    for (const argv of [['status'], ['status', '--exit-code'], ['output'], ['drift']]) {
      const { code, stdout, stderr } = await world.run(...argv);
      expect({ argv, code }).toEqual({ argv, code: 1 });
      expect(stderr).toContain('error ENDPOINT_UNREACHABLE  target far: ');
      expect(stdout.endsWith(`.\n${INCOMPLETE}\n`) || stdout.includes(`\n${INCOMPLETE}\n`)).toBe(true);
    }
    for (const command of ['status', 'output', 'drift'])
      expect(await json(command)).toMatchObject({ code: 1, errors: [UNREAD] });
    expect(await json<{ vms: object[] }>('status')).toMatchObject({
      vms: [{ target: 'new' }, { target: 'old' }, { target: 'old' }],
    });
    expect(await json('describe', 'awsscrum-lnx1')).toMatchObject({ code: 1, vm: { target: 'old' } });
    expect(await json('runs', 'awsscrum-lnx1')).toMatchObject({ code: 1, errors: [UNREAD] });
    world.now += 5 * HOUR;
    const run = await json('run', 'awsscrum-lnx1', '--auto-approve');
    expect(run).toMatchObject({ code: 6, summary: { started: 1 }, errors: [UNREAD] });
    // A name that nothing has may be over there.
    const missing = await world.run('status', 'nobody');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain('is named "nobody", apart from target far, which could not be read');
    expect(await world.run('run', 'far-01', '--auto-approve')).toMatchObject({ code: 1 });
  });

  it('keeps the job of a VM that may have moved to it', async () => {
    await world.run('apply', '--auto-approve', '--target', 'old', '--target', 'new');
    // The one with its wave, the other into a wave of the other target.
    world.write('waves/old.yaml', SMS.wave('old-01', [SMS.vm('awsscrum-lnx1')], ['target: far']));
    world.write('waves/far.yaml', SMS.wave('far-01', [SMS.vm('awsscrum-lnx2')], ['target: far']));
    const { code, stdout } = await world.run('plan', '--allow-empty');
    expect(code).toBe(1);
    expect(stdout).toContain(
      '2 deletes of wave "old-01" held back, as the manifests have the VMs on target far, which could not be read: old-01/awsscrum-lnx1, old-01/awsscrum-lnx2',
    );
    expect(await json('plan', '--allow-empty')).toMatchObject({ summary: { delete: 0, blocked: 2 } });
    expect(await world.run('apply', '--auto-approve', '--allow-empty')).toMatchObject({ code: 6 });
    expect(await json('catalog', 'list', '--with-job')).toMatchObject({ server_count: 2 });
    // By its own name, the target loses them.
    expect(await json('plan', '--target', 'old', '--allow-empty')).toMatchObject({
      code: 0,
      summary: { delete: 2 },
    });
  });
});
