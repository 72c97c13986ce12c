import { dirname, relative, resolve } from 'node:path';
import { CONCERNS } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { Desired } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError, type Place } from '../../core/error.ts';
import { countStages } from '../../core/journey.ts';
import { byKeys } from '../../core/lists.ts';
import { toServerId } from '../../core/names.ts';
import type { CreateChange, Plan } from '../../core/plan.ts';
import { planData } from '../../core/results/plan-data.ts';
import type { PolicyCase } from '../../manifest/policy-tests/read.ts';
import { problemOfPlan } from '../../manifest/policy-tests/plans.ts';
import { readLimited } from '../files.ts';
import { validate } from '../manifests.ts';
import { readPlanFile } from './saved-plan.ts';
import { version } from '../shipped-files.ts';

/** Largest plan as JSON: a hundred thousand changes. */
const MAX_BYTES = 400 * 1024 * 1024;

/** A plan as JSON data, in part. */
type PlanData = Readonly<Record<string, unknown>>;

/** Makes the plans of the cases of tests: reads files and manifests, each once. */
export class PlansOfCases {
  readonly #workspace: Workspace;
  readonly #files = new Map<string, Promise<PlanData>>();
  #manifests: Promise<PlanData> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /**
   * Returns the plan of a case as data.
   * @throws UnreadablePlan
   */
  async planOf({ plan = {}, change, planFile, ofManifests }: PolicyCase): Promise<PlanData> {
    const base = {
      ...(ofManifests && (await (this.#manifests ??= this.#ofManifests()))),
      ...(planFile !== undefined && (await this.#ofFile(planFile.path, planFile.place))),
    };
    const changes = [
      ...listOf(plan['changes'] ?? base['changes']),
      ...(change === undefined ? [] : [change]),
    ];
    const isOfBase = change === undefined && plan['changes'] === undefined;
    const counts = (isOfBase ? base['summary'] : undefined) ?? countActions(changes);
    const summary = { ...counts, ...(plan['summary'] as object | undefined) };
    return { ...base, has_changes: hasChanges(summary), ...plan, changes, summary };
  }

  async #ofFile(path: string, place: Place): Promise<PlanData> {
    const { cwd } = this.#workspace.host;
    const full = resolve(cwd, dirname(place.file), path);
    const known = this.#files.get(full) ?? this.#readPlan(full);
    this.#files.set(full, known);
    try {
      return await known;
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      const { message, remedy = '' } = error;
      const id = 'file.unreadable';
      throw new UnreadablePlan([{ id, severity: CONCERNS[id].severity, message, remedy, place }]);
    }
  }

  async #readPlan(full: string): Promise<PlanData> {
    const file = relative(this.#workspace.host.cwd, full);
    const bytes = await readLimited(
      full,
      MAX_BYTES,
      (what, cause) =>
        new LandfallError('FILE_UNREADABLE', `the plan ${file} cannot be read: ${what}`, {
          remedy: 'give the path of a plan from the folder of this file',
          cause,
        }),
    );
    const data = parseJson(bytes.toString('utf8'));
    // What `--format json` prints has no `format`; what `--out` saves has.
    if (isPlanJson(data)) {
      const wrong = problemOfPlan(data);
      if (wrong === undefined) return data;
      const { message, remedy } = wrong;
      throw new LandfallError('FILE_UNREADABLE', `the plan ${file}: ${message}`, { remedy });
    }
    return planData((await readPlanFile(this.#workspace, file)).plan);
  }

  async #ofManifests(): Promise<PlanData> {
    const { desired, concerns } = await validate(this.#workspace);
    if (desired !== undefined) return planOfManifests(desired);
    throw new UnreadablePlan(concerns.filter(({ severity }) => severity === 'error'));
  }
}

/** Why a case has no plan. */
export class UnreadablePlan extends Error {
  readonly concerns: readonly Concern[];

  constructor(concerns: readonly Concern[]) {
    super('the plan of a case cannot be read');
    this.concerns = concerns;
  }
}

/** The plan of manifests for an empty account, at no time: each VM is created. */
function planOfManifests(desired: Desired): PlanData {
  const { project, targets, waves, windows, vms } = desired;
  const changes = vms.map(({ address, target, wave, settings, os, place }): CreateChange => ({
    action: 'create',
    ...{ address, target, wave, serverId: toServerId(''), owner: { project, wave }, settings },
    fields: Object.entries(settings).map(([field, after]) => ({ field, after })),
    ...{ effects: [], activeBefore: false, blockedBy: [], place },
    facts: { ...(os !== undefined && { os }), stage: 'waiting' },
  }));
  const plan: Plan = {
    ...{ project, origin: { version: version() }, at: 0, waves, ...(windows !== undefined && { windows }) },
    targets: targets.map((target) => ({ ...target, jobs: { managed: 0, others: 0 }, columns: {} })),
    changes: changes.toSorted(
      byKeys(
        ({ target }) => target,
        ({ wave }) => wave,
        ({ address }) => address,
      ),
    ),
    ...{ concerns: [], capacity: [], checksum: '' },
    summary: {
      create: vms.length,
      update: 0,
      replace: 0,
      delete: 0,
      advance: 0,
      defer: 0,
      noOp: 0,
      blocked: 0,
    },
    stages: countStages(changes.map(({ facts }) => facts?.stage ?? 'waiting')),
    ...{ stopped: 0, failing: 0, differing: 0, ahead: 0 },
  };
  return { ...planData(plan), timestamp: undefined };
}

const ACTIONS = ['create', 'update', 'replace', 'delete', 'advance', 'defer', 'no-op'];

/** Counts changes as the summary of a plan does: those that are blocked are in no other count. */
function countActions(changes: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { blocked: 0 };
  for (const action of ACTIONS) counts[action.replace('-', '_')] = 0;
  for (const each of changes) {
    const { action = '', blocked_by: blocks } = each as {
      readonly action?: string;
      readonly blocked_by?: unknown;
    };
    const key = listOf(blocks).length > 0 ? 'blocked' : action.replace('-', '_');
    if (counts[key] !== undefined) counts[key] += 1;
  }
  return counts;
}

function hasChanges(summary: object): boolean {
  const done = ['create', 'update', 'replace', 'delete', 'advance'];
  return Object.entries(summary).some(([key, count]) => done.includes(key) && count !== 0);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPlanJson(data: unknown): data is PlanData {
  if (typeof data !== 'object' || data === null || 'format' in data) return false;
  return 'format_version' in data && 'changes' in data && Array.isArray(data.changes) && 'summary' in data;
}
