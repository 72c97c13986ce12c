import { describe, expect, it } from '@jest/globals';
import { formatInstant } from '../../../src/core/time.ts';
import { checkDocuments, type Fields, project, summary, wave as anyWave } from '../documents.ts';

const FREEZE = {
  name: 'year-end-freeze',
  kind: 'deny',
  schedule: '0 0 18 12 *',
  duration: '16d',
  timeZone: 'America/Los_Angeles',
  phases: ['cutover'],
};
const WEEKENDS = {
  name: 'weekends',
  schedule: '0 22 * * 6',
  duration: '6h',
  timeZone: 'America/Los_Angeles',
};

/** A wave of one VM, which no other wave has. */
function wave(spec: Fields = {}, name = 'sdsc-01'): Fields {
  return anyWave({ vms: [{ name: `${name}-vm` }], ...spec }, name);
}

/** What is wrong with a project with these windows and waves: place, underlined text and message. */
function problems(windows: readonly Fields[], ...waves: readonly Fields[]): string[] {
  const main = windows.length === 0 ? project() : project({ windows });
  return checkDocuments(main, ...waves).concerns.map((each) => `${summary(each)}: ${each.message}`);
}

/** A wave to cut over at a time. */
function cutover(at: string, more: Fields = {}, name = 'portal'): Fields {
  return wave({ phase: 'cutover', cutover: { at, ...more } }, name);
}

describe('what a wave says of time and order', () => {
  it('is in the desired state, with every default filled in', () => {
    const { desired, concerns } = checkDocuments(
      project({ windows: [FREEZE, { ...WEEKENDS, waves: ['port*', '!portal-2'] }] }),
      wave({}, 'identity'),
      wave({}, 'portal-2'),
      wave(
        {
          phase: 'cutover',
          dependsOn: ['identity', { wave: 'portal-2', phase: 'replicate' }],
          priority: 10,
          suspend: true,
          cutover: {
            at: '2026-12-05T22:00:00',
            duration: '6h',
            timeZone: 'America/Los_Angeles',
            finalizeAfter: '7d',
          },
          stagger: { every: '15m', batch: 5 },
          owner: 'scrum@example.net',
          vms: [{ name: 'app01' }, { name: 'db01', sizeGiB: 400.5, after: ['app01'] }],
        },
        'portal',
      ),
    );
    expect(concerns).toEqual([]);
    const portal = desired?.waves.find(({ name }) => name === 'portal');
    expect(portal).toMatchObject({
      dependsOn: [
        { wave: 'identity', phase: 'cutover' },
        { wave: 'portal-2', phase: 'replicate' },
      ],
      ...{ priority: 10, suspend: true, owner: 'scrum@example.net' },
      stagger: { every: 900_000, batch: 5 },
      cutover: { timeZone: 'America/Los_Angeles', finalizeAfter: 7 * 86_400_000 },
    });
    const { at = 0, until = 0 } = portal?.cutover ?? {};
    expect([at, until].map(formatInstant)).toEqual(['2026-12-06T06:00:00Z', '2026-12-06T12:00:00Z']);
    expect(desired?.vms.find(({ address }) => address === 'portal/db01')).toMatchObject({
      sizeGiB: 400.5,
      after: ['portal/app01'],
    });
    expect(desired?.windows).toMatchObject([
      { kind: 'deny', waves: ['identity', 'portal-2', 'portal'], phases: ['cutover'], strict: false },
      { kind: 'allow', waves: ['portal'], phases: ['test', 'ready', 'cutover', 'finalize', 'archive'] },
    ]);
  });
});

describe('dependencies', () => {
  const waiting = (name: string, ...dependsOn: readonly unknown[]) => wave({ dependsOn }, name);

  it.each([
    ['cutover', 'replicate', true],
    ['finalize', 'cutover', true],
    ['cutover', 'cutover', false],
    ['cutover', 'finalize', false],
    ['cutover', undefined, false],
    ['replicate', 'replicate', false],
  ])(
    'warn where a wave in the phase %s waits for one in %s, if that can never be enough',
    (own, there, warns) => {
      const other = wave(there === undefined ? {} : { phase: there }, 'databases');
      const found = problems([], wave({ phase: own, dependsOn: ['databases'] }, 'portal'), other);
      const text = `this wave has the phase ${own} and waits for wave databases to reach ${own}, whose phase is ${there ?? ''}`;
      expect(found.filter((line) => line.startsWith('dependency.early'))).toEqual(
        warns ? [expect.stringContaining(text)] : [],
      );
    },
  );

  it('warn of no phase that the wave itself has not reached in git', () => {
    const portal = wave(
      { phase: 'replicate', dependsOn: [{ wave: 'databases', phase: 'cutover' }] },
      'portal',
    );
    expect(problems([], portal, wave({ phase: 'replicate' }, 'databases'))).toEqual([]);
  });

  it('name waves of the project, and phases that these can reach', () => {
    expect(
      problems(
        [],
        waiting('a', 'databses'),
        wave({}, 'databases'),
        waiting('b', { wave: 'a', phase: 'test' }),
      ),
    ).toEqual([
      'dependency.unknown waves/1.yaml:11:7 "databses": there is no wave "databses"',
      'dependency.phase waves/3.yaml:11:7 "wave": wave a never reaches the phase test: SMS does not have it',
    ]);
  });

  it.each([
    [undefined, 'replicate'],
    ['replicate', 'replicate'],
    ['cutover', 'cutover'],
    ['finalize', 'finalize'],
  ])('without a phase are on the phase of the wave that waits: %s', (phase, expected) => {
    const own = phase === undefined ? {} : { phase };
    const dependsOn = ['identity', { wave: 'databases' }];
    // What the others have in git does not matter for that.
    const others = [wave({ phase: 'finalize' }, 'identity'), wave({}, 'databases')];
    const { desired, concerns } = checkDocuments(project(), wave({ ...own, dependsOn }, 'portal'), ...others);
    expect(concerns).toEqual([]);
    expect(desired?.waves.find(({ name }) => name === 'portal')?.dependsOn).toEqual([
      { wave: 'identity', phase: expected },
      { wave: 'databases', phase: expected },
    ]);
  });

  it('are reported where the cut-over of the other wave is later', () => {
    const of = (at: string, later: string, more: Fields = {}) =>
      problems(
        [],
        wave({ phase: 'cutover', dependsOn: ['identity'], cutover: { at, ...more } }, 'portal'),
        cutover(later, {}, 'identity'),
      ).filter((each) => each.startsWith('dependency.later'));
    expect(of('2026-12-05T22:00:00', '2026-12-06T01:00:00', { duration: '6h' })).toEqual([]);
    expect(of('2026-12-05T22:00:00', '2026-12-05T22:00:00')).toEqual([]);
    expect(of('2026-12-05T22:00:00', '2026-12-06T01:00:00')).toHaveLength(1);
    expect(of('2026-12-05T22:00:00', '2026-12-06T04:00:00', { duration: '6h' })).toEqual([
      expect.stringContaining(
        'the cut-over at 2026-12-05 22:00 UTC waits for wave identity, whose cut-over begins at 2026-12-06 04:00 UTC',
      ),
    ]);
  });

  it('suggest another wave, never the one that waits', () => {
    const { concerns } = checkDocuments(project(), waiting('wave-01', 'wave-2'), wave({}, 'identity'));
    expect(concerns.map(({ remedy }) => remedy)).toEqual(['write the name of another wave of this project']);
  });

  it('in a circle name its members, in the order in which they wait', () => {
    expect(problems([], waiting('c', 'a'), waiting('a', 'b'), waiting('b', 'c'), waiting('d', 'a'))).toEqual([
      'dependency.circle waves/2.yaml:11:7 "b": these waves wait for each other: a → b → c → a',
    ]);
    expect(problems([], waiting('a', 'a'))).toEqual([
      'dependency.circle waves/1.yaml:11:7 "a": these waves wait for each other: a → a',
    ]);
  });

  it('are no circle if one phase comes before the other', () => {
    const first = waiting('a', { wave: 'b', phase: 'cutover' });
    expect(problems([], first, waiting('b', { wave: 'a', phase: 'replicate' }))).toEqual([]);
    expect(problems([], first, waiting('b', { wave: 'a', phase: 'finalize' }))).toEqual([]);
    expect(problems([], first, waiting('b', { wave: 'a', phase: 'cutover' }))).toHaveLength(1);
  });

  it('in long rows are checked, of waves and of VMs', () => {
    const row = Array.from({ length: 300 }, (_, at) =>
      waiting(`w${at}`, ...(at === 0 ? [] : [`w${at - 1}`])),
    );
    expect(problems([], ...row)).toEqual([]);
    const vms = Array.from({ length: 2000 }, (_, at) => ({
      name: `v${at}`,
      ...(at > 0 && { after: [`v${at - 1}`] }),
    }));
    expect(problems([], wave({ vms }))).toEqual([]);
    expect(problems([], wave({ vms: [{ ...vms[0], after: ['v1999'] }, ...vms.slice(1)] }))).toEqual([
      expect.stringContaining('wait for each other: v0 → v1999 → v1998 → v1997 → v1996 → v1995 → … → v0'),
    ]);
  });

  it('of VMs name one VM of their wave', () => {
    const vms = [{ name: 'app01' }, { name: 'db', path: '/x/db' }, { name: 'db', path: '/y/db' }];
    expect(
      problems([], wave({ vms: [...vms, { name: 'web', after: ['ap01', 'db', '/x/db'] }] })).map((each) =>
        each.replace(/ waves\S+/, ''),
      ),
    ).toEqual([
      'after.unknown "ap01": the wave sdsc-01 has no VM "ap01"',
      'after.unknown "db": the wave sdsc-01 has 2 VMs "db"',
    ]);
  });
});

describe('the time of a cut-over', () => {
  const timeZone = 'America/Los_Angeles';

  it.each([
    ['2026-03-08T02:30:00', 'does not have', '2026-03-08T01:30:00-08:00 or 2026-03-08T03:30:00-07:00'],
    ['2027-11-07T01:30:00', 'has', '2027-11-07T01:30:00-07:00 or 2027-11-07T01:30:00-08:00'],
  ])('%s must be one moment', (at, words, remedy) => {
    const { concerns } = checkDocuments(project(), cutover(at, { timeZone }));
    expect(concerns[0]).toMatchObject({ id: 'cutover.time', remedy: `write ${remedy}` });
    expect(concerns[0]?.message).toContain(`${timeZone} ${words} ${at}`);
  });

  it('may say its offset, which makes it one moment', () => {
    expect(problems([], cutover('2027-11-07T01:30:00-07:00', { timeZone }))).toEqual([]);
  });

  it('is a date that exists, in a time zone that exists', () => {
    expect(
      problems(
        [],
        cutover('2027-02-30T01:30:00'),
        cutover('2027-02-03T01:30:00', { timeZone: 'Europe/Zurick' }, 'b'),
      ),
    ).toEqual([
      'cutover.time waves/1.yaml:12:9 "2027-02-30T01:30:00": there is no such time: "2027-02-30T01:30:00"',
      'time-zone.unknown waves/2.yaml:13:15 "Europe/Zurick": there is no time zone "Europe/Zurick"',
    ]);
  });

  it('is not over while the wave has an earlier phase', () => {
    const over = { cutover: { at: '2026-11-20T22:00:00', timeZone } };
    expect(problems([], wave({ phase: 'replicate', ...over }))).toEqual([
      expect.stringContaining(
        'the time of the cut-over is over, since 2026-11-20 22:00 PST, and the wave has the phase replicate',
      ),
    ]);
    expect(problems([], wave({ phase: 'cutover', ...over }))).toEqual([]);
  });

  it('lies in no window that denies it, and in one that allows it', () => {
    expect(problems([FREEZE], cutover('2026-12-20T22:00:00', { timeZone }))).toEqual([
      'cutover.denied waves/1.yaml:12:9 "2026-12-20T22:00:00": the cut-over cannot begin at 2026-12-20 22:00 PST: window year-end-freeze denies it; the first moment at which it can is 2027-01-03 00:00 PST',
    ]);
    expect(problems([WEEKENDS], cutover('2026-12-04T22:00:00', { timeZone, duration: '6h' }))).toEqual([
      expect.stringContaining(
        'window weekends, which allows it, is not open then; before its end it never can',
      ),
    ]);
    expect(problems([FREEZE, WEEKENDS], cutover('2026-12-05T22:00:00', { timeZone }))).toEqual([]);
  });
});

describe('windows', () => {
  it('have a name of their own, a schedule, a time zone and waves', () => {
    expect(
      problems(
        [
          WEEKENDS,
          { ...WEEKENDS, schedule: '0 25 * * 6' },
          { ...WEEKENDS, name: 'mars', timeZone: 'Mars/Olympus' },
          { ...WEEKENDS, name: 'nowhere', waves: ['prod-*'] },
        ],
        wave(),
      ).map((each) => each.replace(/ landfall\S+/, '')),
    ).toEqual([
      'window.duplicate "weekends": there is a window weekends already, at landfall.yaml:12:5',
      expect.stringMatching(/^window.schedule "0 25 \* \* 6": "0 25 \* \* 6" is no schedule: /),
      'time-zone.unknown "Mars/Olympus": there is no time zone "Mars/Olympus"',
      'window.no-wave "waves": window nowhere is about no wave: no name matches "prod-*"',
    ]);
  });

  it('have one problem where the schedule does not have five fields', () => {
    const found = problems([{ ...WEEKENDS, schedule: '@daily' }], wave());
    expect(found).toEqual([expect.stringMatching(/^schema.value /)]);
  });

  it('open at some time', () => {
    expect(
      problems(
        [
          { name: 'february-30', schedule: '0 0 30 2 *', duration: '1d' },
          { name: 'new-year', schedule: '0 12 1 1 *', duration: '6h', phases: ['cutover'] },
          { ...FREEZE, timeZone: 'UTC' },
        ],
        wave(),
      ).map((each) => each.replace(/^.*?: window/, 'window')),
    ).toEqual([
      'window february-30 never opens: no date fits "0 0 30 2 *"',
      'window new-year never opens: windows with kind: deny cover all of it',
    ]);
  });
});
