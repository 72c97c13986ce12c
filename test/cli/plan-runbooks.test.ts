import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { expectGolden } from '../report/golden.ts';
import { expectOnlyOurs } from '../report/markdown/parsed.ts';
import { commitAll, git, startRepository } from './repository.ts';
import { ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';
import type { Runbook } from '../../src/core/results/runbook.ts';
import { renderPlanMarkdown } from '../../src/report/plan/markdown.ts';
import { sizeInBytes } from '../../src/report/text/escape.ts';
import { planOf, vm } from '../plan/plan-input.ts';

const CUTOVER = "cutover: { at: '2026-12-05T22:00:00', duration: 6h, timeZone: America/Los_Angeles }";
const [, MGN] = SERVICES;
const wave = (name: string, vms: readonly string[], spec: readonly string[] = []) =>
  MGN.wave(
    name,
    vms.map((vm) => MGN.vm(vm)),
    spec,
  );
const OWNER = 'owner: scrum@example.net';

let world: ScratchProject;
beforeEach(async () => {
  world = new ScratchProject({
    'landfall.yaml': MGN.project(),
    'waves/one.yaml': wave('one', ['awsscrum-lnx1'], [OWNER, 'phase: ready']),
    'waves/other.yaml': wave('other', ['awsscrum-lnx2'], ['phase: cutover']),
  });
  await world.useSmallInventory();
  await MGN.ready(world);
  startRepository(world);
  git(world, 'checkout', '--quiet', '-b', 'topic');
});
afterEach(() => world.dispose());

/** Plans as a pipeline does; returns the comment. */
async function commentOf(...flags: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run(
    'plan',
    '--format',
    'markdown',
    '--runbooks',
    'nights',
    ...flags,
  );
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  await expectOnlyOurs(stdout, '<!-- landfall:ucop:local -->');
  return stdout;
}

function held(comment: string): readonly string[] {
  return [...comment.matchAll(/<summary>Runbook of the cut-over of <b><code>(.*?)<\/code>/g)].map(
    ([, name = '']) => name,
  );
}

const written = (): readonly string[] => readdirSync(join(world.folder, 'nights')).sort();

describe('landfall plan --runbooks', () => {
  it('holds and writes the runbooks of the waves whose phase or cut-over has changed since the base', async () => {
    world.write('waves/one.yaml', wave('one', ['awsscrum-lnx1'], [OWNER, 'phase: cutover', CUTOVER]));
    commitAll(world, 'cut over');
    const comment = await commentOf('--policies-from', 'main');
    expect(held(comment)).toEqual(['one']);
    expect(written()).toEqual(['one.md']);
    // Nobody has approved yet what is under review.
    const approved =
      '- [x] The change to `phase: cutover` is approved and merged; git has `phase: cutover`\n';
    const merged = (await world.run('runbook', 'one')).stdout;
    expect(merged).toContain(approved);
    expect(world.read('nights/one.md')).toBe(
      merged.replace(
        approved,
        '- [ ] The change to `phase: cutover` is approved and merged; this change has `phase: cutover`\n',
      ),
    );
    expectGolden('plan-runbooks.md', comment.replace(/commit `[0-9a-f]+`/, 'commit `…`'));
    // The same plan without the flag holds none.
    expect(held((await world.run('plan', '--format', 'markdown')).stdout)).toEqual([]);
  });

  it.each([
    ['nothing', ['phase: ready', OWNER], []],
    ['an owner', ['phase: ready', 'owner: else@example.net'], []],
    ['a time', ['phase: ready', OWNER, CUTOVER], ['one']],
    ['a phase', ['phase: test'], ['one']],
    ['a phase after the cut-over', ['phase: finalize'], []],
  ])('counts a change of %s', async (_, spec, expected) => {
    world.write('waves/one.yaml', wave('one', ['awsscrum-lnx1'], spec));
    const { stdout } = await world.run(
      'plan',
      '--runbooks',
      'nights',
      '--format',
      'markdown',
      '--changed-since',
      'main',
    );
    expect(held(stdout)).toEqual(expected);
    expect(written()).toEqual(expected.map((name) => `${name}.md`));
  });

  it('compares with the commit at which the branches parted, and takes a new wave as a change', async () => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('waves/other.yaml', wave('other', ['awsscrum-lnx2'], ['phase: ready']));
    commitAll(world, 'meanwhile');
    git(world, 'checkout', '--quiet', 'topic');
    world.write('waves/new.yaml', wave('new', ['awsscrum-win1'], [CUTOVER]));
    expect(held(await commentOf('--policies-from', 'main'))).toEqual(['new']);
    expect(held(await commentOf('--policies-from', 'main', '--wave', 'one'))).toEqual([]);
    // Without a base: those whose cut-over is ahead.
    expect(held(await commentOf())).toEqual(['other']);
    expect(written()).toEqual(['other.md']);
  });

  it('says what a policy will refuse in the night, when the plan does not say so yet', async () => {
    const policies = `policies:
  - name: no-sunday
    expression: change.step_name != "start-cutover" || plan.timestamp.getDayOfWeek("UTC") != 0
    message: no cut-over on a Sunday
    remedy: take another day
  - name: no-monday
    expression: change.step_name != "start-cutover" || plan.timestamp.getDayOfWeek("UTC") != 1
    message: no cut-over on a Monday
`;
    world.write('landfall.yaml', MGN.project() + policies);
    // Ten in the evening in Los Angeles: Sunday in UTC.
    world.write('waves/one.yaml', wave('one', ['awsscrum-lnx1'], [OWNER, 'phase: cutover', CUTOVER]));
    commitAll(world, 'cut over');
    const refused = 'Policy no-sunday refuses it then: no cut-over on a Sunday. Fix: take another day';
    const comment = await commentOf('--policies-from', 'main');
    expect(comment).toContain(`- ${refused}`);
    expect(comment).not.toContain('no-monday');
    expect((await world.run('runbook', 'one')).stdout).toContain(`- [ ] ${refused}`);
    const aside = ['--override-policy', 'no-sunday', '--reason', 'CHG0042'];
    expect(await commentOf('--policies-from', 'main', ...aside)).not.toContain(refused);
  });

  it('writes in the place of runbooks, and of no other file', async () => {
    world.write('nights/README.md', '# How we work at night\n');
    world.write('nights/old.md', '# Runbook: cut-over of `old`\n');
    symlinkSync(join(world.folder, 'landfall.yaml'), join(world.folder, 'nights/link.md'));
    expect(held(await commentOf())).toEqual(['other']);
    expect(written()).toEqual(['README.md', 'other.md']);
    world.write('nights/other.md', 'Notes on the other wave\n');
    const { code, stderr } = await world.run('plan', '--runbooks', 'nights');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("nights/other.md is there, and is not landfall's"),
    ]);
    expect(world.read('nights/other.md')).toBe('Notes on the other wave\n');
    expect(world.read('landfall.yaml')).toBe(MGN.project());
  });

  it('writes through no link', async () => {
    symlinkSync(world.folder, join(world.folder, 'nights'));
    const { code, stderr } = await world.run('plan', '--runbooks', 'nights');
    expect(code).toBe(1);
    expect(stderr).toContain('is a symbolic link');
  });
});

describe('the runbooks of a comment', () => {
  const section = (part: 'before' | 'steps' | 'stop', text: string) => ({
    part,
    title: part,
    items: [
      { text, command: 'landfall status' },
      { text: 'done', done: true },
    ],
  });
  const runbookWith = (text: string): Runbook => ({
    ...{
      project: 'p',
      wave: text,
      target: 'local',
      place: 'here',
      phase: 'cutover',
      at: 0,
      vms: [],
      unreachable: [],
    },
    sections: [section('before', text.repeat(50)), section('steps', text), section('stop', text)],
  });
  const plan = planOf({ vms: [vm('new')], servers: ['new'] });
  const render = (runbooks: readonly Runbook[], most = 65_536) =>
    renderPlanMarkdown(plan, { runbooks }, most);

  it('are shortened, and then left out, where nothing else is cut', () => {
    const runbook = runbookWith('sdsc-01');
    const whole = render([runbook]);
    expect(whole).toContain('**before**');
    const short = render([runbook], sizeInBytes(whole) - 1);
    expect(short).not.toContain('**before**');
    expect(short).toContain('**stop**');
    expect(render([runbook], sizeInBytes(short) - 1)).toBe(render([]));
    // A long one leaves the room to those that are short.
    expect(held(render([runbookWith('x'.repeat(900)), runbook], sizeInBytes(short) + 1))).toEqual([
      'sdsc-01',
    ]);
  });

  it.each([
    '</details><img src=x onerror=alert(1)>',
    '@everyone #1 [a](https://example.org) ![](https://example.org/x.png)',
    '`x` *y* |z| <!-- landfall -->',
    '\n\n# heading\n- [x] item\n',
  ])('are text, whatever the names in them: %j', async (name) => {
    await expectOnlyOurs(render([runbookWith(name)]), '<!-- landfall:ucop:production -->');
  });
});
