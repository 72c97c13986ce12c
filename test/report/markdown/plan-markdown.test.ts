import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toAddress } from '../../../src/core/names.ts';
import type { Plan } from '../../../src/core/plan.ts';
import { readMarker } from '../../../src/core/comment.ts';
import { commentMarker } from '../../../src/report/markdown/comment.ts';
import { DEFAULT_BUDGET, MIN_BUDGET } from '../../../src/report/text/escape.ts';
import { type PlanSource, renderPlanMarkdown } from '../../../src/report/plan/markdown.ts';
import { job, planOf, server, vm, wave } from '../../plan/plan-input.ts';
import { expectGolden } from '../golden.ts';
import { busyPlan, firstPlan, quietPlan, waitingPlan } from '../plans.ts';
import { hostileName, hostilePlan, TRICKS } from './hostile.ts';
import { expectOnlyOurs } from './parsed.ts';
import { expectWellFormed } from './well-formed.ts';
import { tries } from '../../setup/tries.ts';

const SOURCE: PlanSource = {
  commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  apply: ['landfall', 'apply', '--target', 'production'],
};

const markerOf = ({ project, targets }: Plan): string =>
  commentMarker(
    project,
    targets.map(({ name }) => name),
  );

function render(plan: Plan, most?: number): string {
  const text = renderPlanMarkdown(plan, SOURCE, most);
  expectWellFormed(text, markerOf(plan));
  return text;
}

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `vm-${String(index + 1).padStart(3, '0')}`);

/** Jobs of waves that git names no more. */
function deletesPlan(): Plan {
  const names = numbered(6);
  return planOf({
    vms: names.slice(2).map((name) => vm(name)),
    servers: names,
    jobs: names.map((name, index) =>
      job(name, index < 2 ? { owner: { project: 'ucop', wave: 'retired-01' } } : {}),
    ),
    input: { force: ['deletes'] },
  });
}

/** A guard refuses the whole run. */
function blockedPlan(): Plan {
  const names = numbered(12);
  return planOf({ vms: [vm('vm-001')], servers: names, jobs: names.map((name) => job(name)) });
}

describe('a plan as a comment', () => {
  it('shows what a busy plan changes, wave by wave', () => {
    expectGolden('plan-busy.md', render(busyPlan()));
  });

  it('folds large waves', () => {
    expectGolden('plan-first.md', render(firstPlan()));
  });

  it('is a few lines where nothing changes', () => {
    expectGolden('plan-quiet.md', render(quietPlan()));
  });

  it('says what waits and what is refused', () => {
    expectGolden('plan-waiting.md', render(waitingPlan()));
  });

  it('puts what is lost in bold', () => {
    const text = render(deletesPlan());
    expectGolden('plan-deletes.md', text);
    expect(text.split('\n')[0]).toContain('**2 to delete**');
  });

  it('says what a guard refuses outside of any fold', () => {
    const text = render(blockedPlan());
    expectGolden('plan-blocked.md', text);
    expect(text.slice(0, text.indexOf('<details>'))).toContain('**Refused** by `guard.max-deletes`');
  });

  it('says what was cut', () => {
    const names = numbered(200);
    const waveOf = (index: number): string => `wave-${Math.floor(index / 40) + 1}`;
    const plan = planOf({
      vms: names.slice(5).map((name, index) => vm(name, { wave: waveOf(index) })),
      servers: names,
      jobs: names.slice(0, 5).map((name) => job(name, { owner: { project: 'ucop', wave: 'wave-5' } })),
      waves: [1, 2, 3, 4, 5].map((number) => wave(`wave-${number}`)),
      limit: 500,
      input: { force: ['deletes'] },
    });
    const text = render(plan, MIN_BUDGET);
    expectGolden('plan-cut.md', text);
    expect(text).toContain('**Cut** to fit 10000 bytes');
  });

  it('has a line for each of many targets, however much of their waves is cut', () => {
    const names = numbered(300);
    const plan = planOf({ vms: names.map((name) => vm(name)), servers: names, limit: 500 });
    const [first] = plan.targets;
    const [one] = plan.changes;
    if (first === undefined || one === undefined) throw new Error('nothing is planned');
    const targets = ['east', 'north', 'production', 'west'].map((name) => ({ ...first, name }));
    const text = render(
      { ...plan, targets, changes: [...plan.changes, { ...one, target: 'west' }] },
      MIN_BUDGET,
    );
    expect(text).toContain('**Cut** to fit 10000 bytes');
    expect(text.match(/^- .*`us-west-2`.*/gm)).toEqual([
      expect.stringMatching(/^- `production` \(.*\): 300 to create$/),
      expect.stringMatching(/^- `west` \(.*\): 1 to create$/),
      expect.stringMatching(/^- no changes: `east` \(.*\), `north` \(.*\)$/),
    ]);
  });

  it('is the same at any time, so that a comment is written only when there is news', () => {
    const plan = busyPlan();
    expect(render({ ...plan, at: plan.at + 1e9 })).toBe(render(plan));
  });

  it('leaves out a commit that is none, and a command that cannot be copied', () => {
    const text = (apply: string[], commit = '') =>
      renderPlanMarkdown(busyPlan(), { commit, apply }, DEFAULT_BUDGET);
    expect(text(['landfall', 'apply'], '@everyone')).not.toContain('commit');
    expect(text(['landfall', 'apply', '--wave', "it's $HOME"])).toContain("--wave 'it'\\''s $HOME'");
    expect(text(['landfall', 'apply', '--wave', 'x\u202e'])).toContain('with the same flags');
    expect(text(['landfall', 'apply', 'x'.repeat(2000)])).toContain('with the same flags');
  });

  it('says whether a saved plan still holds', () => {
    const of = (freshness: PlanSource['freshness']): string =>
      renderPlanMarkdown(quietPlan(), { apply: ['landfall', 'apply', 'p'], ...(freshness && { freshness }) });
    expect(of({ status: 'fresh', drift: [] })).toContain('Still fresh');
    expect(of({ status: 'unchecked', drift: [], reason: 'no @network' })).toContain('no `@network`.');
    const drift = [{ what: 'job', target: 'production', address: toAddress('a/@b'), now: 'x' }];
    expect(of({ status: 'stale', drift })).toContain(
      '**Stale**: 1 resource in this plan has changed; plan again. Changed: `job` of `a/@b`.',
    );
  });

  it('cuts what loses nothing before what does', () => {
    const gone = numbered(5).map((name) => job(name, { owner: { project: 'ucop', wave: 'zz-last' } }));
    const many = Array.from({ length: 500 }, (_, index) => `new-${index}`);
    const plan = planOf({
      vms: many.map((name) => vm(name, { wave: 'aa-first' })),
      servers: [...many, ...numbered(5)],
      jobs: gone,
      limit: 1000,
      input: { force: ['deletes'], allowEmpty: true },
    });
    const text = render(plan, MIN_BUDGET);
    expect(text.match(/^- {3}vm-00\d/gm)).toHaveLength(5);
    expect(text).toMatch(/\*\*Cut\*\* to fit 10000 bytes: a part of `aa-first` \(\d+ lines\)/);
  });
});

describe('a plan as a comment, whatever the names are', () => {
  it.each(TRICKS)('obeys nothing in %j', (trick) => {
    const plan = planOf({
      vms: [
        vm(trick, {
          wave: trick,
          address: toAddress(`${trick}/${trick}`),
          settings: { frequency: 6, description: trick },
        }),
      ],
      servers: [server(trick)],
      jobs: [job('gone', { owner: { project: 'ucop', wave: trick } })],
      observed: { account: trick },
    });
    render({ ...plan, project: trick });
  });

  it('fits every budget, and is well-formed', () => {
    fc.assert(
      fc.property(hostilePlan, fc.integer({ min: MIN_BUDGET, max: 120_000 }), (plan, most) => {
        const text = render(plan, most);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
        expect(readMarker(text)).toBe(markerOf(plan));
        expect(text.split('\n')[0]).toMatch(/ to create.* to delete|^No changes/);
      }),
      tries(20),
    );
  });

  it('is nothing but what landfall writes to a Markdown parser', async () => {
    await fc.assert(
      fc.asyncProperty(hostilePlan, fc.integer({ min: MIN_BUDGET, max: 40_000 }), async (plan, most) => {
        await expectOnlyOurs(renderPlanMarkdown(plan, SOURCE, most), markerOf(plan));
      }),
      tries(15),
    );
    await expectOnlyOurs(renderPlanMarkdown(busyPlan(), SOURCE), markerOf(busyPlan()));
  });

  it.each(['[a](b)', '![a](b)', 'x <img src=x>', '<img src=x>', '> x', '@everyone', '<https://x.example>'])(
    'is held to that: %s would be seen',
    async (trick) => {
      await expect(expectOnlyOurs(trick, '')).rejects.toThrow();
    },
  );

  it('fits the smallest budget with the longest names', () => {
    const longest = fc.tuple(
      hostileName,
      fc.constantFrom('`', '@ ', '\u6f22', '\u{1f4a5}', '\u0007', '"', "'", '<'),
    );
    fc.assert(
      fc.property(hostilePlan, longest, (plan, [name, filler]) => {
        const long = name + filler.repeat(5000);
        const source = { ...SOURCE, apply: ['landfall', long] };
        const drift = Array.from({ length: 50 }, () => ({
          what: long,
          target: long,
          address: long,
          now: long,
        }));
        const huge: Plan = {
          ...plan,
          project: long,
          targets: Array.from({ length: 9 }, (_, index) => ({
            name: `${long}${index}`,
            provider: long,
            region: long,
            account: long,
            endpoint: long,
            jobs: { managed: 1e9, others: 1e9 },
            columns: {},
          })),
          capacity: Array.from({ length: 60 }, () => ({
            target: long,
            wave: long,
            of: 'servers-in-jobs' as const,
            limit: 1e9,
            active: 1e9,
            freed: 1e9,
            starting: 1e9,
            deferred: 1e9,
          })),
          concerns: plan.concerns.map((concern) => ({
            ...concern,
            message: long,
            remedy: long,
            address: toAddress(long),
          })),
        };
        const text = renderPlanMarkdown(
          huge,
          { ...source, freshness: { status: 'stale', drift, reason: long } },
          MIN_BUDGET,
        );
        expectWellFormed(text, markerOf(huge));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIN_BUDGET);
      }),
      tries(10),
    );
  });

  it('shortens ten megabytes', () => {
    const long = '`@'.repeat(5_000_000);
    const plan = planOf({
      vms: [vm(long, { wave: 'w', address: toAddress(`w/${long}`) })],
      servers: [server(long)],
    });
    expect(render(plan).length).toBeLessThan(2000);
  });
});
