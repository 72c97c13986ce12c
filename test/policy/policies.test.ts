import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Policy } from '../../src/core/results/policy.ts';
import { planData } from '../../src/core/results/plan-data.ts';
import { planProject } from '../../src/plan/index.ts';
import { Policies } from '../../src/policy/index.ts';
import type { JsonSchema } from '../../src/policy/types.ts';
import { job, planInput, planOf, raised, short, vm, wave } from '../plan/plan-input.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8'),
) as JsonSchema;
const PLACE = { file: 'landfall.yaml', line: 9, column: 5 };
const policies = new Policies(SCHEMA);

function policy(expression: string, more: Partial<Policy> = {}): Policy {
  return {
    name: 'p',
    scope: 'change',
    expression,
    message: 'no',
    severity: 'critical',
    place: PLACE,
    ...more,
  };
}

/** One VM to create, one to update, one that stays as it is, and one whose job is deleted. */
const PARTS = {
  vms: [vm('new', { os: 'windows-2016' }), vm('same'), vm('slower', { settings: { frequency: 24 } })],
  waves: [{ ...wave('sdsc-01'), labels: { change: 'CHG0042' }, owner: 'scrum' }],
  servers: ['new', 'same', 'slower', 'gone'],
  jobs: ['same', 'slower', 'gone'].map((name) => job(name)),
};
const DATA = planData(planOf(PARTS));
const [FRIDAY, MONDAY] = ['2026-12-04T12:00:00Z', '2026-12-07T12:00:00Z'];

function violations(one: Policy, data: unknown = DATA): readonly string[] {
  return policies
    .evaluate([one], data)
    .map(({ change, message }) => (change === undefined ? message : `${change}: ${message}`));
}

describe('an expression', () => {
  it.each([
    ['change.os.contains("windows")', ['0: no', '2: no']],
    ['change.action != "delete"', ['0: no']],
    ['!(change.action == "create" && change.settings.after.licenseType == "BYOL")', ['1: no']],
    ['has(change.labels.change) && change.labels.change.startsWith("CHG")', []],
    ['change.settings.after.frequency <= 12', ['0: no']],
    ['plan.timestamp.getDayOfWeek("Europe/Zurich") == 2', []],
  ])('about changes is evaluated for those that would be made: %s', (expression, expected) => {
    const found = violations(policy(expression)).map((line) => line.replace(/^(\d+): policy.*/, '$1: no'));
    // The plan is sorted: gone, new, same, slower.
    const indexes = expected.map((line) => line.replace(/^2/, '3'));
    expect(found.filter((line) => indexes.includes(line))).toEqual(indexes);
    expect(found.some((line) => line.startsWith('2:'))).toBe(false);
  });

  it('about the plan sees all of it', () => {
    const one = (expression: string) => violations(policy(expression, { scope: 'plan' }));
    expect(one('plan.changes.filter(c, c.action == "delete").size() <= 0')).toEqual(['no']);
    expect(one('plan.waves.all(w, w.owner != "" && has(w.labels.change))')).toEqual([]);
    expect(one('plan.waves.all(w, has(w.labels.ticket))')).toEqual(['no']);
    expect(one('plan.project == "ucop" && plan.summary.delete == 1')).toEqual([]);
  });

  it('that cannot be evaluated is no pass, whatever its severity', () => {
    const [found] = policies.evaluate(
      [policy('plan.waves[0].labels.ticket == "x"', { scope: 'plan', severity: 'warning' })],
      DATA,
    );
    expect(found).toMatchObject({ isFailure: true });
    expect(found?.message).toBe('policy p could not be evaluated: no such key: ticket; ask has() first');
  });

  it('makes its own message', () => {
    const own = { messageExpression: '"VM " + change.address' };
    expect(violations(policy('change.action != "create"', own))).toEqual(['1: VM sdsc-01/new']);
    const failing = { messageExpression: 'change.labels.nothing' };
    expect(violations(policy('change.action != "create"', failing))).toEqual(['1: no']);
  });

  it.each([
    ['change.stepname == "x"', 'there is no field stepname here', 'did you mean step_name?', 7],
    ['has(change.stepname)', 'there is no field stepname here', 'did you mean step_name?', 4],
    ['chnge.action == "x"', 'there is no variable chnge', 'did you mean change?', 0],
    ['plan.changes.all(c, c.adress != "")', 'there is no field adress here', 'did you mean address?', 22],
    ['change.action ==', 'this is not an expression of CEL: unexpected token: EOF', 'docs', 16],
    ['change.action', 'the expression is of type string, not bool', 'condition', 0],
    ['change.action + 1 == "x"', 'this is not an expression of CEL: no such overload', 'docs', 0],
    ['change.os.matches("(a+)+$")', 'the pattern of matches() may take too long', 'literal', 0],
    [
      "change.os.matches('(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)')",
      'the pattern of matches() may take too long',
      'at most ten of | ?',
      0,
    ],
    [
      "change.os.matches('a?a?a?a?a?a?a?a?a?a?a?')",
      'the pattern of matches() may take too long',
      'at most ten of | ?',
      0,
    ],
    ['change.os.matches(change.address)', 'the pattern of matches() may take too long', 'literal', 0],
    ['(plan.changes + plan.changes).size() > 1', 'lists cannot be joined', 'exists', 1],
    ['change.step_name != "start-cutovr"', 'step_name is never "start-cutovr"', 'mean start-cutover?', 20],
    ['"x" == change.action', 'action is never "x"', 'it is one of create, update', 0],
    ['change.phase in ["test", "cut-over"]', 'phase is never "cut-over"', 'mean cutover?', 25],
    ['plan.changes.exists(c, c.stage == "cutover")', 'stage is never "cutover"', 'mean cut-over?', 34],
    [
      'plan.timestamp.getHours("America/Los_Angles") > 6',
      'there is no time zone "America/Los_Angles"',
      'America/Los_Angeles',
      24,
    ],
  ])('is refused where it is wrong: %s', (expression, message, remedy, start) => {
    const found = policies.problemOf('change', expression, 'bool');
    expect(found?.message).toContain(message);
    expect(found?.remedy).toContain(remedy);
    expect(found?.start).toBe(start);
  });

  it.each([
    'change.step_name == "" && change.action in ["create", "no-op"]',
    'change.os == "x" && change.labels.stage == "x"',
    'plan.timestamp.getHours("Europe/Zurich") > 6 || plan.timestamp.getHours("UTC") > 6',
  ])('is right where a field can have the value: %s', (expression) => {
    expect(policies.problemOf('change', expression, 'bool')).toBeUndefined();
  });

  it.each([
    ['2026-01-01T00:00:00Z', 'UTC', [1, 0, 4, 0, 2026, 0, 0, 0, 0]],
    ['2026-03-08T02:30:59Z', 'UTC', [8, 7, 0, 66, 2026, 2, 30, 2, 59]],
    ['2026-12-31T23:59:00Z', 'Pacific/Apia', [1, 0, 5, 0, 2027, 12, 59, 0, 0]],
    ['2028-12-31T12:00:00Z', 'America/Los_Angeles', [31, 30, 0, 365, 2028, 4, 0, 11, 0]],
  ])('reads the parts of a time as CEL does: %s in %s', (timestamp, zone, expected) => {
    const names = ['Date', 'DayOfMonth', 'DayOfWeek', 'DayOfYear', 'FullYear', 'Hours', 'Minutes', 'Month'];
    const found = [...names, 'Seconds'].map((name) => {
      const call = `plan.timestamp.get${name}(${JSON.stringify(zone)})`;
      const said = policy('false', { scope: 'plan', messageExpression: `string(${call})` });
      return Number(violations(said, { ...DATA, timestamp })[0]);
    });
    expect(found).toEqual(expected);
    const inUtc = policy('plan.timestamp.getDayOfYear() == plan.timestamp.getDayOfYear("UTC")', {
      scope: 'plan',
    });
    expect(violations(inUtc, { ...DATA, timestamp })).toEqual([]);
  });

  it('reads the hours of a duration', () => {
    expect(violations(policy('duration("90m").getHours() == 1', { scope: 'plan' }))).toEqual([]);
  });

  it('about the plan has no change', () => {
    expect(policies.problemOf('plan', 'change.action == "x"', 'bool')?.remedy).toContain('plan.changes only');
  });

  it('takes a bounded number of steps, and fails where it would take more', () => {
    const changes = Array.from({ length: 1100 }, () => DATA.changes[0]);
    const square = 'plan.changes.all(a, plan.changes.all(b, a.address == b.address))';
    const [found] = policies.evaluate([policy(square, { scope: 'plan' })], { ...DATA, changes });
    expect(found).toMatchObject({ isFailure: true });
    expect(found?.message).toContain('more than 1,000,000 steps');
    const each = policy('plan.changes.exists(b, b.address == "nowhere") || true');
    expect(policies.evaluate([each], { ...DATA, changes })).toHaveLength(1);
    const linear = policy('plan.changes.all(a, a.address != "")', { scope: 'plan' });
    expect(policies.evaluate([linear], { ...DATA, changes })).toEqual([]);
  });

  describe('counts what operators and functions read:', () => {
    const few = new Policies(SCHEMA, 1000);
    const data = { ...DATA, changes: Array.from({ length: 30 }, () => DATA.changes[0]) };
    /** A condition that is evaluated once, and one that is evaluated 900 times. */
    const once = (condition: string) =>
      `cel.bind(c, plan.changes[0], cel.bind(texts, plan.changes.map(c, c.address), cel.bind(text, texts.join(","), ${condition})))`;
    const often = (condition: string) => once(`texts.all(a, texts.all(b, ${condition}))`);
    const failures = (expression: string) => {
      expect(few.problemOf('plan', expression, 'bool')).toBeUndefined();
      return few.evaluate([policy(expression, { scope: 'plan' })], data).map(({ message }) => message);
    };

    it.each([
      ['a search in a list', '!("nowhere" in texts)'],
      ['equal lists', 'texts == texts.filter(x, true) || true'],
      ['lists in maps', '{"a": texts} != {"a": texts.map(x, x)} || true'],
      ['the size of a text', '(text + text + text).size() > 0'],
      ['a part of a text', '(text + text + text).contains("sdsc")'],
      ['texts that are joined', 'texts.join(",") != ""'],
      ['texts that are split', '(text + text + text).split(",").size() > 0'],
      ['patterns', '!text.matches("a.*b.*c")'],
    ])('%s', (_, condition) => {
      expect(failures(once(condition))).toEqual([]);
      expect(failures(often(condition))).toEqual([expect.stringContaining('more than 1,000 steps')]);
    });

    it.each([
      ['the size of a list', 'texts.size() == 30'],
      ['a short list', '!("nowhere" in ["a", "b", "c"])'],
      ['short texts', 'a.startsWith("sdsc") && b.contains("/") && a.matches("^sdsc.*/")'],
      ['a key of a map', '!("nowhere" in c.labels)'],
      ['the same time again', 'plan.timestamp.getDayOfWeek("America/Los_Angeles") < 7'],
    ])('but not %s', (_, condition) => {
      expect(failures(often(condition))).toEqual([]);
    });

    it('another time in a time zone', () => {
      const hours = (many: number) =>
        `[${Array.from({ length: many }, (_, hour) => `"${hour}h"`).join(',')}].all(h, (plan.timestamp + duration(h)).getHours("UTC") < 24)`;
      expect(failures(hours(80))).toEqual([]);
      expect(failures(hours(120))).toEqual([expect.stringContaining('more than 1,000 steps')]);
    });

    it('the steps of a side that does not count', () => {
      expect(failures(`${often('!("nowhere" in texts)')} || true`)).toHaveLength(1);
    });
  });
});

describe('a verdict', () => {
  const verdict = (expression: string, more: Partial<Policy> = {}, data: unknown = DATA) =>
    policies.explain(policy(expression, more), data);
  const reads = (expression: string, more: Partial<Policy> = {}, data: unknown = DATA) =>
    verdict(expression, more, data).reads.map(
      (read) =>
        `${read.expression} = ${read.values.join(', ')}${read.more > 0 ? ` and ${read.more} more` : ''}`,
    );

  it('says whether a plan meets a policy, and which changes do not', () => {
    expect(verdict('change.action != "create"')).toMatchObject({
      result: 'violation',
      message: 'no',
      changes: [1],
    });
    expect(verdict('change.action != "replace"')).toMatchObject({ result: 'pass', changes: [] });
    expect(verdict('change.labels.nothing == ""')).toMatchObject({ result: 'error', changes: [0, 1, 3] });
    expect(verdict('plan.summary.delete == 0', { scope: 'plan' })).toMatchObject({
      result: 'violation',
      changes: [],
    });
    expect(verdict('false', {}, { ...DATA, changes: [DATA.changes[2]] })).toMatchObject({
      result: 'none',
      reads: [],
    });
  });

  it('names the values that the expression has read', () => {
    expect(
      reads(
        'change.action != "create" || plan.timestamp.getDayOfWeek("UTC") == 9 || has(change.labels.x) || change.settings.after.frequency == 3',
      ),
    ).toEqual([
      'change.action = "create"',
      'plan.timestamp = 2026-12-01T18:00:00Z',
      'plan.timestamp.getDayOfWeek("UTC") = 2',
      'has(change.labels.x) = false',
      'change.settings.after.frequency = 12',
    ]);
    expect(reads('change.labels.nothing == "" && change.blocked_by == []')).toEqual([
      'change.labels.nothing = absent',
      'change.blocked_by = []',
    ]);
  });

  it('names the first values of what a macro visits', () => {
    const waves = Array.from({ length: 9 }, (_, index) => ({ name: `w${index}`, owner: 'team' }));
    expect(
      reads(
        'plan.waves.filter(w, w.owner == "team" && w.name != "").size() < 2',
        { scope: 'plan' },
        { ...DATA, waves },
      ),
    ).toEqual([
      'plan.waves = [9 elements]',
      'w.owner = "team"',
      'w.name = "w0", "w1", "w2", "w3", "w4" and 4 more',
      'plan.waves.filter(w, w.owner == "team" && w.name != "").size() = 9',
    ]);
  });
});

describe('the policies of the documentation', () => {
  const change = (more: object) => ({ ...DATA, changes: [{ ...DATA.changes[1], ...more }] });

  it.each([
    [FRIDAY, 'start-cutover', 1],
    [MONDAY, 'start-cutover', 0],
    [FRIDAY, 'start-test', 0],
  ])('no Friday cut-over: at %s, %s', (timestamp, step_name, count) => {
    const one = policy(
      'change.step_name != "start-cutover" || plan.timestamp.getDayOfWeek("America/Los_Angeles") != 5',
    );
    expect(violations(one, { ...change({ step_name }), timestamp })).toHaveLength(count);
  });

  it('no Windows BYOL', () => {
    const one = policy(
      '!change.os.lowerAscii().contains("windows") || !has(change.settings.after.licenseType) || change.settings.after.licenseType != "BYOL"',
    );
    const settings = (licenseType?: string) => ({ settings: { before: null, after: { licenseType } } });
    expect(violations(one, change({ os: 'Windows Server 2016', ...settings('BYOL') }))).toHaveLength(1);
    expect(violations(one, change({ os: 'Windows Server 2016', ...settings('AWS') }))).toHaveLength(0);
    expect(violations(one, change({ os: 'rhel-7.3', ...settings('BYOL') }))).toHaveLength(0);
    expect(violations(one, change({ settings: { before: {}, after: null } }))).toHaveLength(0);
  });

  it('no more than 2 finalizes a night, those of an earlier run included', () => {
    const one = policy(
      'plan.changes.filter(c, (c.step_name == "finalize" && c.blocked_by.size() == 0 && c.action == "advance") || (c.stage == "finalized" && has(c.since) && c.since > plan.timestamp - duration("12h"))).size() <= 2',
      { scope: 'plan' },
    );
    const step = { ...DATA.changes[1], action: 'advance', step_name: 'finalize' };
    const done = (since: string) => ({ ...DATA.changes[1], action: 'no-op', stage: 'finalized', since });
    const of = (...changes: object[]) => violations(one, { ...DATA, timestamp: FRIDAY, changes });
    expect(of(step, step)).toEqual([]);
    expect(of(step, step, step)).toEqual(['no']);
    expect(of(step, step, { ...step, blocked_by: ['x'] })).toEqual([]);
    expect(of(step, step, done('2026-12-04T08:00:00Z'))).toEqual(['no']);
    expect(of(step, step, done('2026-12-03T08:00:00Z'))).toEqual([]);
  });

  it('every production wave has an owner and a change number', () => {
    const one = policy(
      'plan.waves.filter(w, w.target == "production").all(w, w.owner != "" && has(w.labels.change) && w.labels.change.startsWith("CHG"))',
      { scope: 'plan' },
    );
    expect(violations(one)).toEqual([]);
    expect(violations(one, planData(planOf({ ...PARTS, waves: [wave('sdsc-01')] })))).toEqual(['no']);
  });
});

describe('a plan', () => {
  const planWith = (one: Policy, overrides: readonly { policy: string; reason: string }[] = []) => {
    const check = (plan: Parameters<typeof planData>[0]) => policies.evaluate([one], planData(plan));
    return planProject({ ...planInput(PARTS), policies: { check, overrides } });
  };

  it('blocks the changes that do not meet a critical policy, and no others', () => {
    const plan = planWith(policy('change.action != "create"', { name: 'no-creates', remedy: 'wait' }));
    expect(short(plan)).toEqual([
      'delete sdsc-01/gone',
      'create sdsc-01/new blocked by policy.no-creates',
      'no-op sdsc-01/same',
      'update sdsc-01/slower',
    ]);
    expect(raised(plan)).toContain('policy.no-creates sdsc-01/new');
    expect(plan.summary).toMatchObject({ create: 0, blocked: 1 });
    expect(plan.concerns[0]).toMatchObject({
      ...{ severity: 'critical', message: 'no', place: PLACE },
      remedy: 'wait; to set it aside for one run, add --override-policy no-creates --reason TEXT',
    });
  });

  it('blocks the whole run where the plan does not meet one', () => {
    const plan = planWith(policy('plan.summary.delete == 0', { scope: 'plan', name: 'keep' }));
    expect(short(plan)).toContain('update sdsc-01/slower blocked by policy.keep');
    expect(plan.summary).toMatchObject({ create: 0, update: 0, delete: 0, blocked: 3 });
  });

  it('warns of a policy with severity warning, or one that is set aside, and blocks nothing', () => {
    const warned = planWith(policy('change.action != "create"', { severity: 'warning' }));
    expect(warned.summary).toMatchObject({ create: 1, blocked: 0 });
    const forced = planWith(policy('change.action != "create"'), [{ policy: 'p', reason: 'CHG1' }]);
    expect(forced.summary).toMatchObject({ create: 1, blocked: 0 });
    expect(forced.concerns[0]).toMatchObject({ id: 'policy.p', severity: 'warning' });
    expect(forced.policyOverrides).toEqual([{ policy: 'p', reason: 'CHG1' }]);
  });
});
