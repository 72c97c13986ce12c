import { afterEach, describe, expect, it } from '@jest/globals';
import { expectGolden } from '../report/golden.ts';
import { expectOnlyOurs } from '../report/markdown/parsed.ts';
import { ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';

const HOUR = 3_600_000;
const CUTOVER =
  "cutover: { at: '2026-12-05T22:00:00', duration: 6h, timeZone: America/Los_Angeles, finalizeAfter: 7d }";

let world: ScratchProject;
afterEach(() => world.dispose());

describe.each([...SERVICES])('the runbook of a wave on $name', (service) => {
  /** A wave of two VMs that has replicated for a day, after another one. */
  async function replicated(...spec: readonly string[]): Promise<void> {
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2'].map((name) => service.vm(name));
    world = new ScratchProject({
      'landfall.yaml': service.project(),
      'waves/first.yaml': service.wave('first', [service.vm('awsscrum-win1')], ['owner: win@example.net']),
      'waves/sdsc-01.yaml': service.wave('sdsc-01', vms, [
        ...['owner: scrum@example.net', CUTOVER, 'dependsOn: [{ wave: first, phase: replicate }]'],
        ...spec,
      ]),
    });
    await world.useSmallInventory();
    await service.ready(world);
    // The first apply starts the wave that the other one waits for.
    for (let day = 0; day < 2; day += 1) {
      await world.run('apply', '--auto-approve');
      world.now += 24 * HOUR;
    }
  }

  it('says what to do before, in it and after it, with commands that the program takes', async () => {
    await replicated();
    const { code, stdout, stderr } = await world.run('runbook', 'sdsc-01');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expectOnlyOurs(stdout, '');
    expectGolden(`runbook-${service.name}.md`, stdout);
    expect((await world.run('runbook', 'sdsc-01')).stdout).toBe(stdout);
    expect((await world.run('plan', '--format', 'markdown')).stdout).not.toContain('runbook');
  });

  it('ticks what git and the account show', async () => {
    await replicated('phase: cutover');
    const { stdout } = await world.run('runbook', 'sdsc-01', '--format', 'json');
    const { sections } = JSON.parse(stdout) as {
      sections: { part: string; items: { text: string; command?: string; done?: boolean }[] }[];
    };
    expect(sections.map(({ part }) => part)).toEqual(['before', 'steps', 'verify', 'stop', 'back', 'after']);
    const done = sections.flatMap(({ items }) => items.filter((item) => item.done).map(({ text }) => text));
    expect(done).toEqual(
      expect.arrayContaining([
        'Wave first (owner win@example.net) has reached replicate: 1 of 1 VM',
        'The change to `phase: cutover` is approved and merged; git has `phase: cutover`',
      ]),
    );
    const plan = await world.run('plan', '--format', 'markdown');
    expect(plan.stdout).toContain('\nRunbook of the cut-over: `landfall runbook sdsc-01`.\n');
  });
});

describe('a runbook', () => {
  it('is a page without scripts, which no name leaves', async () => {
    world = new ScratchProject({
      'waves/w.yaml': `apiVersion: landfall/v1
kind: Wave
metadata: { name: w }
spec:
  owner: '<img src=x onerror=alert(1)> "x" \`y\`'
  defaults: { frequency: 12 }
  vms: [{ name: 'a<script>alert(1)</script>' }]
`,
    });
    const { code, stdout } = await world.run('runbook', 'w', '--format', 'html', '--out', 'w.html');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const page = world.read('w.html');
    const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
    expect([...tags].toSorted()).toEqual(
      'body code h1 h2 head html input label li meta pre style table td th title tr ul'.split(' '),
    );
    expect(page).toMatch(/content="default-src 'none'; style-src 'sha256-[^']+'; base-uri/);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;x&quot; <code>y</code>');
  });

  it('names the wave that was meant', async () => {
    world = new ScratchProject({
      'waves/w.yaml': SERVICES[0].wave('sdsc-01', [SERVICES[0].vm('awsscrum-lnx1')]),
    });
    const { code, stderr } = await world.run('runbook', 'sdsc-1');
    expect(code).toBe(1);
    expect(stderr).toBe('error WAVE_UNKNOWN  no wave has the name "sdsc-1"\n  fix: did you mean sdsc-01?\n');
  });
});
