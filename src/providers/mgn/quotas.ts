import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import type { Settings, Target } from '../../core/desired.ts';
import { addToGroup, byText, incrementCount } from '../../core/lists.ts';
import type { Observed } from '../../core/observed.ts';
import type { Change } from '../../core/plan.ts';
import type { OverQuota } from '../../core/provider.ts';
import type { RuleFinding, RuleVm, RuleWave, ServiceRule } from '../../core/service.ts';
import { quote } from '../../core/text.ts';
import { MANAGE_WAVE, WAVE_NAME } from './settings.ts';
import type { Mgn } from './steps/sequence.ts';

// Quotas of an account and region (domain: rules of MGN). An apply that exceeds one fails in each run.

/** The group that a VM is in: its application, and the wave of that; undefined: landfall does not manage it. */
interface Groups {
  readonly app?: string;
  readonly wave?: string;
}

function groupsOf(settings: Settings, wave: string): Groups {
  const isManaged = settings[MANAGE_WAVE] !== false;
  const app = settings['app'] ?? (isManaged ? wave : undefined);
  return {
    ...(app !== undefined && { app: String(app) }),
    ...(app !== undefined && isManaged && { wave: String(settings[WAVE_NAME] ?? wave) }),
  };
}

/** Counts what the quotas limit in an account. */
export function usageOf(account: {
  readonly servers: readonly SourceServer[];
  readonly applications: readonly Application[];
  readonly waves: readonly Wave[];
}): Readonly<Record<string, number>> {
  const isOpen = ({ isArchived }: { readonly isArchived?: boolean }): boolean => isArchived !== true;
  const members = new Map<string, number>();
  for (const { applicationID } of account.servers) incrementCount(members, applicationID);
  const applications = account.applications.filter(isOpen);
  const waves = account.waves.filter(isOpen);
  const names = new Map(waves.map(({ waveID, name }) => [waveID, name]));
  const counts: Record<string, number> = {
    servers: account.servers.filter(isOpen).length,
    applications: applications.length,
    waves: waves.length,
  };
  for (const { name = '' } of waves) counts[`wave ${name}`] ??= 0;
  for (const { applicationID = '', name = '', waveID } of applications) {
    const key = `application ${name}`;
    // Of several applications with the name, the fullest one counts.
    counts[key] = Math.max(counts[key] ?? 0, members.get(applicationID) ?? 0);
    const wave = `wave ${names.get(waveID) ?? ''}`;
    if (names.has(waveID)) counts[wave] = (counts[wave] ?? 0) + 1;
  }
  return counts;
}

/** What each quota limits, in words, and what to do about it. */
const REMEDIES = {
  serversPerApplication: 'give some of the VMs another app',
  applicationsPerWave: 'move some of the VMs to another wave',
  applications: 'give more VMs the same app, or archive applications that are finished',
  waves: 'put more VMs into one wave, or archive waves that are finished',
} as const;

const RAISE = 'or request a higher quota in AWS Service Quotas';

/** Finds the changes that do not fit under the quotas of groups, with what the account has already. Pure. */
export function overQuota(
  target: Target,
  { usage = {} }: Observed<Mgn>,
  changes: readonly Change[],
): readonly OverQuota[] {
  const { limits } = target;
  const entering = new Map<string, Change[]>();
  const leaving = new Map<string, number>();
  const newApps = new Map<string, Change[]>();
  const newWaves = new Map<string, Change[]>();
  const appsOfWave = new Map<string, Map<string, Change[]>>();
  for (const change of changes) {
    const { action, fields, settings, wave: own } = change;
    if (action !== 'create' && action !== 'update') continue;
    const moved = fields.find(({ field }) => field === 'app');
    const isMoved = fields.some(({ field }) => field === 'app' || field === WAVE_NAME || field === 'owner');
    const { app, wave } = groupsOf(settings, own);
    if (app === undefined) continue;
    if (action === 'create' || moved !== undefined) addToGroup(entering, app, change);
    if (moved?.before !== undefined) incrementCount(leaving, String(moved.before));
    if (action === 'update' && !isMoved) continue;
    const isNewApp = usage[`application ${app}`] === undefined;
    if (isNewApp) addToGroup(newApps, app, change);
    if (wave === undefined) continue;
    if (usage[`wave ${wave}`] === undefined) addToGroup(newWaves, wave, change);
    const apps = appsOfWave.get(wave) ?? new Map<string, Change[]>();
    appsOfWave.set(wave, apps);
    if (isNewApp) addToGroup(apps, app, change);
  }
  const over = [...almostFull(target, usage['servers'] ?? 0)];
  for (const [app, some] of entering) {
    const limit = limits.serversPerApplication ?? Infinity;
    const there = (usage[`application ${app}`] ?? 0) - (leaving.get(app) ?? 0);
    const room = Math.max(0, limit - there);
    if (some.length <= room) continue;
    over.push({
      id: 'quota.exceeded',
      message: `application ${quote(app)} would have ${there + some.length} source servers, ${there} of them are there, and its quota is ${limit}`,
      remedy: `${REMEDIES.serversPerApplication}, such as ${quote(`${app}-2`)}`,
      blocked: some.slice(room),
    });
  }
  const groups = (
    name: 'applications' | 'waves' | 'applicationsPerWave',
    there: number,
    all: ReadonlyMap<string, Change[]>,
    what: string,
  ) => {
    const limit = limits[name] ?? Infinity;
    const sorted = [...all].toSorted(([a], [b]) => byText(a, b));
    if (there + sorted.length <= limit) return;
    over.push({
      id: 'quota.exceeded',
      message: `${what} would have ${there + sorted.length} ${name === 'waves' ? 'waves' : 'applications'} that are not archived, ${there} of them are there, and the quota is ${limit}`,
      remedy: `${REMEDIES[name]}, ${RAISE}`,
      blocked: sorted.slice(Math.max(0, limit - there)).flatMap(([, some]) => some),
    });
  };
  groups('applications', usage['applications'] ?? 0, newApps, 'the account');
  groups('waves', usage['waves'] ?? 0, newWaves, 'the account');
  for (const [wave, apps] of appsOfWave)
    groups('applicationsPerWave', usage[`wave ${wave}`] ?? 0, apps, `MGN wave ${quote(wave)}`);
  return over;
}

/** The share of the quota of servers from which on a plan warns: what is discovered then is not added. */
const NEAR = 0.95;

/** Warns of an account that is almost full (domain, MGN: learnt since; servers that do not replicate count too). */
function almostFull({ name, limits }: Target, servers: number): readonly OverQuota[] {
  const limit = limits.servers ?? Infinity;
  if (servers < limit * NEAR) return [];
  return [
    {
      id: 'quota.near',
      message: `the account of target "${name}" has ${servers} source servers that are not archived, and the quota of the region is ${limit}`,
      remedy: `archive or delete source servers that do not migrate, ${RAISE}: above the quota none is added`,
      blocked: [],
    },
  ];
}

/** Finds what exceeds a quota in git alone, whatever the account has: an apply of it would fail for ever. */
export const quotaRule: ServiceRule = {
  id: 'quota.exceeded',
  check: (waves, { defaultTarget, targets }) => {
    const byTarget = new Map<string, RuleWave[]>();
    for (const wave of waves) addToGroup(byTarget, wave.target ?? defaultTarget ?? '', wave);
    return [...byTarget].flatMap(([name, some]) => {
      const limits = targets.find((target) => target.name === name)?.limits;
      return limits === undefined ? [] : findingsOf(name, limits, some);
    });
  },
};

function findingsOf(target: string, limits: Target['limits'], waves: readonly RuleWave[]): RuleFinding[] {
  const members = new Map<string, RuleVm[]>();
  const wavesOfMgn = new Map<string, { readonly first: RuleWave; readonly apps: Set<string> }>();
  for (const wave of waves) {
    for (const vm of wave.vms) {
      const { app, wave: name } = groupsOf({ ...vm.settings, ...wave.ofWave }, wave.name);
      if (app !== undefined) addToGroup(members, app, vm);
      if (app === undefined || name === undefined) continue;
      const known = wavesOfMgn.get(name) ?? { first: wave, apps: new Set() };
      known.apps.add(app);
      wavesOfMgn.set(name, known);
    }
  }
  const { serversPerApplication = Infinity, applicationsPerWave = Infinity } = limits;
  const found: RuleFinding[] = [...members].flatMap(([app, vms]): RuleFinding[] => {
    const vm = vms[serversPerApplication];
    if (vm === undefined) return [];
    const words = {
      message: `application ${quote(app)} has ${vms.length} VMs, and MGN takes ${serversPerApplication} into one`,
      remedy: `${REMEDIES.serversPerApplication}, such as ${quote(`${app}-2`)}: this VM is the first that does not fit`,
    };
    return [vm.settings['app'] === undefined ? { vm, ...words } : { vm, setting: 'app', ...words }];
  });
  for (const [name, { first, apps }] of wavesOfMgn) {
    if (apps.size <= applicationsPerWave) continue;
    const message = `MGN wave ${quote(name)} has ${apps.size} applications, and MGN takes ${applicationsPerWave} into one`;
    found.push({ wave: first, path: ['spec', 'vms'], target, message, remedy: REMEDIES.applicationsPerWave });
  }
  const all = (what: 'applications' | 'waves', count: number): void => {
    const limit = limits[what] ?? Infinity;
    const [wave] = waves;
    if (count <= limit || wave === undefined) return;
    const message = `the waves of target ${target} need ${count} ${what} in MGN, and an account has ${limit} that are not archived`;
    found.push({ wave, path: ['metadata', 'name'], target, message, remedy: `${REMEDIES[what]}, ${RAISE}` });
  };
  all('applications', members.size);
  all('waves', wavesOfMgn.size);
  return found;
}
