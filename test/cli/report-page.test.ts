import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';

const [SMS, MGN] = SERVICES;
const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: old
windows: [{ name: weekends, schedule: '0 22 * * 6', duration: 6h, phases: [cutover] }]
targets:
  old: { provider: sms, region: us-west-2, endpoint: local }
  new:
    provider: mgn
    region: us-west-2
    endpoint: ENDPOINT
    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }
`;
const OWNED = ['owner: scrum@example.net', "cutover: { at: '2026-12-05T22:00:00Z', duration: 4h }"];

let world: ScratchProject;
afterEach(() => world.dispose());

function open(endpoint = 'local'): void {
  world = new ScratchProject({
    'landfall.yaml': PROJECT.replace('ENDPOINT', endpoint),
    'waves/old.yaml': SMS.wave('old-01', [SMS.vm('awsscrum-lnx1'), SMS.vm('awsscrum-lnx2')], OWNED),
    'waves/new.yaml': MGN.wave('new-01', [MGN.vm('p-payroll-web01')], ['target: new']),
  });
}

/** The text of a part of the page, without tags. */
function part(page: string, id: string): string {
  const [section = ''] = new RegExp(`<section id="${id}"[^]*?</section>`).exec(page) ?? [];
  return section.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

describe('landfall report', () => {
  it('writes targets of both services, of one observation, into one page', async () => {
    open();
    await world.run('mgn', 'init', 'new', '--auto-approve');
    await world.run('apply', '--auto-approve');
    world.now += 86_400_000;
    const { code, stdout, stderr } = await world.run('report');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^Wrote report\.html: 3 VMs in 2 waves, .*\. Open it in a browser\.\n$/);
    const page = world.read('report.html');
    expect(part(page, 'waves')).toMatch(/old-01 old scrum@example\.net replicate 2/);
    expect(part(page, 'calendar')).toContain('2026-12-05 22:00 UTC 2026-12-06 02:00 UTC Cut-over old-01');
    expect(part(page, 'vms')).toMatch(/awsscrum-lnx1 old-01 old replicating .*ami-\w+/);
    expect(part(page, 'vms')).toContain('p-payroll-web01 new-01 new');
    const again = await world.run('report', '--out', 'again.html');
    expect(again.code).toBe(0);
    expect(world.read('again.html').replace('again.html', 'report.html')).toBe(page);
  });

  it('writes some waves only, but knows what the others do to them', async () => {
    open();
    const { code, stderr } = await world.run('report', 'old-*', '--target', 'old', '--out', 'old.html');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const page = world.read('old.html');
    expect(part(page, 'vms')).not.toContain('p-payroll-web01');
    expect(page).toContain('without 1 other wave of the project');
    expect(page).toContain('<code>landfall report &#39;old-*&#39; --target old --out old.html</code>');
    const wrong = await world.run('report', '--wave', 'old-02');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('WAVE_UNKNOWN');
    expect(existsSync(join(world.folder, 'report.html'))).toBe(false);
  });

  it('says what validation has found, with the owner of the wave', async () => {
    open();
    const denied = ['owner: scrum@example.net', "cutover: { at: '2026-12-07T22:00:00Z', duration: 4h }"];
    world.write('waves/old.yaml', SMS.wave('old-01', [SMS.vm('awsscrum-lnx1')], denied));
    world.write('waves/broken.yaml', 'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: x }\n');
    const { code } = await world.run('report', '--target', 'old');
    expect(code).toBe(0);
    const problems = part(world.read('report.html'), 'problems');
    expect(problems).toMatch(/error waves\/broken\.yaml none .* waves\/broken\.yaml:1/);
    expect(problems).toMatch(
      /warning old-01 scrum@example\.net the cut-over cannot begin .* cutover\.denied/,
    );
  });

  it('shows a target that cannot be read, and exits as status does', async () => {
    open('http://127.0.0.1:9');
    const { code, stderr } = await world.run('report');
    expect(code).toBe(1);
    expect(stderr).toContain('Wrote report.html: 2 VMs in 2 waves');
    const page = world.read('report.html');
    expect(page).toContain('1 target could not be read: new. Not in this report: 1 VM.');
    expect(part(page, 'problems')).toMatch(/critical target new .* target\.unreachable/);
    expect(part(page, 'waves')).toContain('new-01 new none replicate not read');
    // What was not asked for is not missing.
    expect((await world.run('report', 'old-01', '--out', 'old.html')).code).toBe(1);
    expect(world.read('old.html')).toContain(
      '1 target could not be read: new. No VM of these waves is in it,',
    );
    expect(part(world.read('old.html'), 'capacity')).toContain('replications of target old');
    await world.run('report', 'new-01', '--out', 'new.html');
    expect(part(world.read('new.html'), 'capacity')).not.toContain('replications of target');
  });

  it('says whether the manifests are those of the commit', async () => {
    open();
    const git = (...words: readonly string[]): unknown => execFileSync('git', ['-C', world.folder, ...words]);
    git('init', '--quiet');
    git('add', 'landfall.yaml', 'waves');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.net', 'commit', '--quiet', '--message', 'Waves');
    const subtitle = async (): Promise<string> => {
      await world.run('report', '--target', 'old');
      return /Migration report as of[^]*?<\/p>/.exec(world.read('report.html'))?.[0] ?? '';
    };
    expect(await subtitle()).toMatch(/, commit <code>[0-9a-f]{12}<\/code>, without/);
    world.write('waves/old.yaml', SMS.wave('old-01', [SMS.vm('awsscrum-lnx2')], OWNED));
    expect(await subtitle()).toContain('</code> with changes that are not committed');
  });

  it('says which wave files have errors, as their waves are not in it', async () => {
    open();
    world.write('waves/bad.yaml', SMS.wave('bad-01', [SMS.vm('awsscrum-win1')], ['phase: sail']));
    const { code, stderr } = await world.run('report', '--target', 'old');
    expect(code).toBe(0);
    expect(stderr).toContain('Wave files with errors were left out');
    const page = world.read('report.html');
    expect(page).toContain('</strong> 1 wave file with errors left out: waves/bad.yaml.');
    expect(part(page, 'problems')).toMatch(/ error waves\/bad\.yaml none .*sail.* waves\/bad\.yaml:\d+/);
  });

  it('is written for a project in which nothing has begun, and not through a link', async () => {
    world = new ScratchProject({ 'waves/none.yaml': SMS.wave('none', [SMS.vm('awsscrum-lnx1')]) });
    expect(await world.run('report')).toMatchObject({ code: 0 });
    expect(world.read('report.html')).toContain('not from a git repository');
    world.write('kept', 'kept');
    symlinkSync('kept', join(world.folder, 'linked.html'));
    const linked = await world.run('report', '--out', 'linked.html');
    expect(linked.code).toBe(1);
    expect(linked.stderr).toContain('FILE_UNWRITABLE');
    const nowhere = await world.run('report', '--out', 'nowhere/report.html');
    expect(nowhere.stderr).toContain('FILE_UNWRITABLE');
    expect(world.read('kept')).toBe('kept');
  });
});
