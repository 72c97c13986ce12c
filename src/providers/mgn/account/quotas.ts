import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import type { Target } from '../../../core/desired.ts';
import { addToGroup, byText, incrementCount } from '../../../core/lists.ts';
import type { Observed } from '../../../core/observed.ts';
import type { Change } from '../../../core/plan.ts';
import type { OverQuota } from '../../../core/provider.ts';
import { quote } from '../../../core/text.ts';
import { groupsOf, QUOTA_REMEDIES, RAISE_QUOTA } from '../manifest-rules.ts';
import { WAVE_NAME } from '../settings.ts';
import type { Mgn } from '../steps/sequence.ts';

// Quotas of an account and region (domain: rules of MGN). An apply that exceeds one fails in each run.

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
      remedy: `${QUOTA_REMEDIES.serversPerApplication}, such as ${quote(`${app}-2`)}`,
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
      remedy: `${QUOTA_REMEDIES[name]}, ${RAISE_QUOTA}`,
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
      remedy: `archive or delete source servers that do not migrate, ${RAISE_QUOTA}: above the quota none is added`,
      blocked: [],
    },
  ];
}
