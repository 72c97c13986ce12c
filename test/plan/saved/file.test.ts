import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LandfallError } from '../../../src/core/error.ts';
import { digestOf } from '../../../src/plan/checksum.ts';
import { planProject } from '../../../src/plan/index.ts';
import { formatSavedPlan, parseSavedPlan } from '../../../src/plan/saved/file.ts';
import { type SavedPlan, savePlan } from '../../../src/plan/saved/preconditions.ts';
import { SERVICES } from '../../../src/providers/registry.ts';
import { savedPlanProblem } from '../../../src/workflow/plan/saved-plan.ts';
import { busyPlan } from '../../report/plans.ts';
import { job, server, vm, planInput } from '../plan-input.ts';
import { samples } from '../samples.ts';
import { tries } from '../../setup/tries.ts';

const SETTINGS = { frequency: 24, licenseType: 'BYOL' };
const INPUT = planInput({
  vms: [vm('new'), vm('slower', { settings: SETTINGS })],
  servers: ['new', 'slower', 'gone'],
  jobs: [job('slower'), job('gone')],
});

function save(input = INPUT): SavedPlan {
  return savePlan(planProject(input), input.observed, input.traits, (file) => file);
}

const parse = (text: string): SavedPlan => parseSavedPlan(text, 'p.json', savedPlanProblem, SERVICES);

function problem(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof LandfallError) return `${error.code} ${error.message}`;
    throw error;
  }
  return '';
}

/** A file that says otherwise, and whose digest fits all the same. */
function forged(edit: (saved: ReturnType<typeof parseJson>) => void): string {
  const data = parseJson();
  edit(data);
  const { digest, ...body } = data;
  expect(digest).toMatch(/^sha256:/);
  return JSON.stringify({ ...body, digest: digestOf(body) });
}

interface FileJson extends Record<string, unknown> {
  plan: { changes: Record<string, unknown>[]; targets: Record<string, unknown>[] } & Record<string, unknown>;
  preconditions: { jobs: { id: string; owner?: unknown }[]; server: Record<string, unknown> }[];
}
const parseJson = (): FileJson => JSON.parse(formatSavedPlan(save())) as FileJson;

describe('a plan file', () => {
  it('gives back what was saved', () => {
    const saved = save();
    expect(saved.preconditions).toHaveLength(3);
    expect(parse(formatSavedPlan(saved))).toEqual(saved);
  });

  it('of format version 2.2, which tells less, is still read', () => {
    const old = forged((file) => {
      file['format_version'] = '2.2';
      for (const key of ['waves', 'windows', 'origin']) Reflect.deleteProperty(file.plan, key);
      for (const change of file.plan.changes) Reflect.deleteProperty(change, 'facts');
      for (const target of file.plan.targets) Reflect.deleteProperty(target, 'at');
    });
    expect(parse(old).plan.checksum).toBe(save().plan.checksum);
  });

  it('can keep any plan', () => {
    fc.assert(
      fc.property(samples, ({ input }) => {
        const saved = save(input);
        expect(parse(formatSavedPlan(saved))).toEqual(JSON.parse(JSON.stringify(saved)));
      }),
      tries(15),
    );
    const plan = busyPlan();
    // A target on AWS says where its credentials are from.
    const targets = plan.targets.map((target) => ({ ...target, credentials: 'keys in the environment' }));
    const text = formatSavedPlan({ plan: { ...plan, targets, changes: [] }, preconditions: [] });
    expect(parse(text).plan).toMatchObject({ concerns: plan.concerns, targets });
  });

  it('is refused after any edit that says something else', () => {
    const text = formatSavedPlan(save());
    const same = JSON.stringify(JSON.parse(text));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), (at, put) => {
        const edited = text.slice(0, at) + put + text.slice(at + 1);
        let meaning: string | undefined;
        try {
          meaning = JSON.stringify(JSON.parse(edited));
        } catch {
          meaning = undefined;
        }
        expect(problem(edited).startsWith('PLAN_FILE_INVALID')).toBe(meaning !== same);
      }),
      tries(40),
    );
  });

  it('is refused when it is cut short at any place', () => {
    const text = formatSavedPlan(save());
    fc.assert(
      fc.property(fc.nat(text.length - 2), (length) => {
        expect(problem(text.slice(0, length))).toBe(
          'PLAN_FILE_INVALID plan file p.json is incomplete or not JSON',
        );
      }),
      tries(20),
    );
  });

  it.each([
    ['nothing', '', 'incomplete'],
    ['not JSON', 'apiVersion: landfall/v1', 'not JSON'],
    ['null', 'null', 'not a plan that landfall has saved'],
    ['a list', '[]', 'not a plan that landfall has saved'],
    ['a plan for other tools', '{"format_version":"1.0","changes":[]}', 'not a plan that landfall has saved'],
    ['no version', '{"format":"landfall-plan"}', 'no format version'],
    [
      'another version',
      '{"format":"landfall-plan","format_version":"1.0"}',
      'format version "1.0", and this landfall reads 2.2 and 2.3',
    ],
    ['no plan', '{"format":"landfall-plan","format_version":"2.2"}', "must have required property 'plan'"],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'not a plan'],
  ])('is refused if it holds %s', (_, text, words) => {
    expect(problem(text)).toContain(words);
    expect(problem(text)).toMatch(/^PLAN_FILE_INVALID/);
  });

  it('is refused if it has keys that no plan has', () => {
    const text = formatSavedPlan(save());
    for (const key of ['__proto__', 'constructor', 'extra']) {
      expect(problem(text.replace('"settings": {', `"settings": { "${key}": {}, `))).toMatch(
        /^PLAN_FILE_INVALID/,
      );
      expect(problem(text.replace('"plan": {', `"plan": { "${key}": { "polluted": 1 }, `))).toMatch(/edited/);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each<[string, Parameters<typeof forged>[0], string]>([
    [
      'deletes a job of others',
      ({ preconditions }) => {
        for (const { jobs } of preconditions)
          for (const one of jobs) one.owner = { project: 'ucsd', wave: 'x' };
      },
      "not the project's",
    ],
    [
      'deletes a job of nobody',
      ({ preconditions }) => {
        for (const { jobs } of preconditions) for (const one of jobs) delete one.owner;
      },
      "not the project's",
    ],
    [
      'is about a job that its server does not have',
      ({ plan }) => {
        for (const change of plan.changes) if (change['action'] === 'delete') change['id'] = 'sms-job-theirs';
      },
      'a job that its server does not have',
    ],
    ['has no preconditions', (data) => void (data.preconditions = []), 'do not match'],
    [
      'creates jobs for another project',
      ({ plan }) => {
        for (const change of plan.changes) change['owner'] = { project: 'ucsd', wave: 'x' };
      },
      'for a job of project "ucsd"',
    ],
    [
      'means another server',
      ({ preconditions }) => {
        for (const { server: one } of preconditions) one['serverId'] = 's-other';
      },
      'precondition of another server',
    ],
    [
      'creates a second job',
      ({ preconditions }) => {
        const all = preconditions.flatMap(({ jobs }) => jobs);
        for (const precondition of preconditions) precondition.jobs = all;
      },
      'a second job',
    ],
    [
      'does not say which job it deletes',
      ({ plan }) => {
        for (const change of plan.changes) if (change['action'] === 'delete') delete change['id'];
      },
      "must have required property 'id'",
    ],
    [
      'takes a step without a name',
      ({ plan }) => {
        for (const change of plan.changes) if (change['action'] === 'update') change['action'] = 'advance';
      },
      "must have required property 'step'",
    ],
    [
      'takes a step of another service',
      ({ plan }) => {
        for (const change of plan.changes) {
          if (change['action'] === 'update')
            Object.assign(change, { action: 'advance', step: 'StartTest', remaining: [] });
        }
      },
      'has step StartTest, which its service does not have',
    ],
    [
      'is for a service that is not there',
      ({ plan }) => {
        for (const one of plan.targets) one['provider'] = 'ferry';
      },
      'has target production of provider "ferry", and this landfall knows sms, mgn',
    ],
    ['names no target', ({ plan }) => void (plan.targets = []), 'no target'],
    ['says everything twice', ({ plan }) => void plan.changes.push(...plan.changes), 'twice'],
  ])('is refused even with a digest that fits if it %s', (_, edit, words) => {
    expect(problem(forged(edit))).toContain(words);
  });

  it('may adopt a job of nobody', () => {
    const input = planInput({
      vms: [vm('a', { adopt: true })],
      servers: ['a'],
      jobs: [{ id: 'sms-job-a', server: server('a'), state: 'active', settings: SETTINGS }],
    });
    expect(problem(formatSavedPlan(save(input)))).toBe('');
  });

  it('calls files as it is told', () => {
    const saved = savePlan(planProject(INPUT), INPUT.observed, INPUT.traits, (file) => `here/${file}`);
    expect(saved.plan.changes.find(({ place }) => place !== undefined)?.place?.file).toBe(
      'here/waves/sdsc-01.yaml',
    );
  });
});
