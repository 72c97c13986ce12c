import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const LABELS = { owner: 'scrum', 'change/number': 'CHG0042' };
const HOUR = 3_600_000;

/** A wave with labels. */
function labelled(spec: readonly string[] = []): string {
  return wave('sdsc-01', ["{ name: awsscrum-lnx1, os: 'CentOS 7.3' }"], spec).replace(
    '{ name: sdsc-01 }',
    `{ name: sdsc-01, labels: ${JSON.stringify(LABELS)} }`,
  );
}

describe('what outputs tell beside what is done', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({
      'landfall.yaml': `${PROJECT}windows:
  - { name: freeze, kind: deny, schedule: '0 0 20 12 *', duration: 10d, reason: year end }
`,
      'waves/sdsc-01.yaml': labelled(['owner: team-web']),
    });
  });
  afterEach(() => world.dispose());

  async function json(...argv: readonly string[]): Promise<Record<string, object[]>> {
    const { code, stdout } = await world.run(...argv, '--format', 'json');
    expect(code).toBe(0);
    return JSON.parse(stdout) as Record<string, object[]>;
  }

  it('has the labels of waves in every output', async () => {
    await world.run('apply', '--auto-approve');
    const labels = LABELS;
    const of = { vms: [{ labels }], waves: [{ labels }] };
    expect(await json('status')).toMatchObject(of);
    expect(await json('forecast')).toMatchObject(of);
    expect(await json('output')).toMatchObject({ vms: [{ labels }] });
    expect(await json('describe', 'awsscrum-lnx1')).toMatchObject({ vm: { labels } });
    expect(await json('plan')).toMatchObject({ changes: [{ labels }], waves: [{ labels }] });
  });

  it('has what policies need in the plan, and the same in a saved plan', async () => {
    await world.run('apply', '--auto-approve');
    world.now += 20 * HOUR;
    world.write('waves/sdsc-01.yaml', labelled(['owner: team-web', 'phase: cutover']));
    const plan = await json('plan', '--out', 'p.json');
    expect(plan).toMatchObject({
      format_version: '1.1',
      project: 'ucop',
      landfall_version: expect.stringMatching(/^\d/) as unknown,
      targets: [{ observed_at: expect.stringMatching(/^2026-11-24T/) as unknown }],
      waves: [
        {
          ...{ name: 'sdsc-01', phase: 'cutover', owner: 'team-web', suspended: false },
          ...{ file: 'waves/sdsc-01.yaml', line: 1, column: 1 },
        },
      ],
      windows: [{ name: 'freeze', kind: 'deny', duration_seconds: 864_000, reason: 'year end' }],
      changes: [
        {
          ...{ action: 'advance', os: 'CentOS 7.3', stage: 'replicating', phase: 'cutover' },
          step_name: 'start-cutover',
          settings: { before: { frequency: 12 }, after: { frequency: 12 } },
          ...{ file: 'waves/sdsc-01.yaml', line: 9, column: 7 },
        },
      ],
    });
    const { freshness, ...shown } = await json('show', 'p.json');
    expect(freshness).toMatchObject({ status: 'fresh' });
    expect(shown).toEqual(plan);
  });
});
