// A valid account and project to start from: one target, one wave. A test changes one thing in it.
import type {
  Desired,
  DesiredVm,
  DesiredWave,
  ServiceTypes,
  Settings,
  Target,
  UnmatchedFile,
} from '../../src/core/desired.ts';
import type { VmStage } from '../../src/core/journey.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import type { Observed, ObservedJob, ObservedServer } from '../../src/core/observed.ts';
import type { Change, Plan } from '../../src/core/plan.ts';
import type { FieldRule, ProviderTraits } from '../../src/core/provider.ts';
import { planProject } from '../../src/plan/index.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { smsTraits } from '../../src/providers/sms/traits.ts';

export const PROJECT = 'ucop';
/** A VM of which nothing is known but that it waits. */
export const STAGE: VmStage = { stage: 'waiting', evidence: [], deadlines: [], outputs: [] };

export const NOW = Date.parse('2026-12-01T18:00:00Z');
export const MANAGER = '8DA3177D-A94E-4989-80E0-EE8A8A2E9586';
const PLACE = { file: 'waves/sdsc-01.yaml', line: 9, column: 7 };

/** What every VM and job here asks for and has, unless a test says otherwise. */
export const SETTINGS: Settings = { frequency: 12, licenseType: 'BYOL' };

/** A table of fields in the manner of SMS. */
export const RULES: readonly FieldRule[] = [
  { name: 'frequency', change: 'update', column: { column: 'schedule', text: 'every {} h' } },
  { name: 'runOnce', change: 'replace', default: false, column: { column: 'schedule', text: 'once' } },
  { name: 'roleName', change: 'update', default: 'sms' },
  { name: 'seedReplicationTime', change: 'create-only', column: { column: 'start', text: 'starts {}' } },
  {
    name: 'licenseType',
    column: { column: 'licence', text: '{}' },
    change: 'update',
    compare({ desired = 'Auto', observed }) {
      if (desired === observed) return 'same';
      if (desired !== 'Auto') return 'differs';
      if (observed === undefined) return 'same';
      return {
        unchangeable: 'licence.auto-in-place',
        message: 'cannot go back to Auto',
        remedy: 'replace the job',
      };
    },
  },
];

/** A provider like SMS with a table of fields. */
export function traitsOf(fields: readonly FieldRule[]): ProviderTraits {
  return { ...smsTraits, fields };
}

export function server(name: string, more: Partial<ObservedServer> = {}): ObservedServer {
  return {
    serverId: toServerId(`s-${name}`),
    name,
    path: `/Datacenters/SDSC/vm/${name}`,
    vmManagerId: MANAGER,
    vmManagerName: 'p-sdsc-vcenter1',
    vmId: `vm-${name}`,
    ...more,
  };
}

export function vm(name: string, more: Partial<DesiredVm> = {}): DesiredVm {
  const wave = more.wave ?? 'sdsc-01';
  return {
    address: toAddress(`${wave}/${name}`),
    wave,
    target: 'production',
    reference: { name },
    settings: SETTINGS,
    adopt: false,
    protect: false,
    place: PLACE,
    ...more,
  };
}

/** An active job of ours for the server of that name. */
export function job<Of extends ServiceTypes = ServiceTypes>(
  name: string,
  more: Partial<ObservedJob<Of>> = {},
): ObservedJob<Of> {
  return {
    id: `sms-job-${name}`,
    server: server(name),
    state: 'active',
    owner: { project: PROJECT, wave: 'sdsc-01' },
    settings: SETTINGS,
    ...more,
  };
}

/** The same job without a marker. */
export function unmarked({ id, server: on, state, settings, facts }: ObservedJob): ObservedJob {
  return { id, server: on, state, settings, ...(facts !== undefined && { facts }) };
}

export function wave(name: string, activeReplications?: number, target = 'production'): DesiredWave {
  const limits = activeReplications === undefined ? {} : { activeReplications };
  return { name, target, labels: {}, limits, adopt: false, protect: false, place: PLACE };
}

export function target(name = 'production', activeReplications = 50): Target {
  return {
    name,
    provider: 'sms',
    region: 'us-west-2',
    limits: { activeReplications, apiRequests: 8 },
    guards: { maxDeletes: 0.3, maxDestroys: 0.5, maxUpdates: 0.3 },
    place: { file: 'landfall.yaml', line: 8, column: 3 },
  };
}

export function observe(more: Partial<Observed> = {}): Observed {
  return {
    at: NOW,
    account: '123456789012',
    catalog: 'available',
    servers: [],
    jobs: [],
    connectors: [{ id: 'c-1', healthy: true }],
    calls: 3,
    ...more,
  };
}

/** The parts of a plan input that a test sets. The rest is valid. */
export interface PlanParts {
  readonly vms?: readonly DesiredVm[];
  readonly waves?: readonly DesiredWave[];
  readonly unmatched?: readonly UnmatchedFile[];
  readonly limit?: number;
  /** Names for which the catalogue has a server. */
  readonly servers?: readonly (string | ObservedServer)[];
  readonly jobs?: readonly ObservedJob[];
  readonly observed?: Partial<Observed>;
  readonly input?: Partial<PlanInput>;
}

/** Everything a plan of one target needs. */
export function planInput(parts: PlanParts): PlanInput {
  const servers = (parts.servers ?? []).map((item) => (typeof item === 'string' ? server(item) : item));
  const desired: Desired = {
    project: PROJECT,
    defaultTarget: 'production',
    targets: [target('production', parts.limit)],
    waves: parts.waves ?? [wave('sdsc-01')],
    vms: parts.vms ?? [],
    ...(parts.unmatched !== undefined && { unmatched: parts.unmatched }),
  };
  const account = observe({ servers, jobs: parts.jobs ?? [], ...parts.observed });
  return {
    desired,
    concerns: [],
    observed: new Map([['production', account]]),
    traits: new Map([['production', traitsOf(RULES)]]),
    ...parts.input,
  };
}

export function planOf(parts: PlanParts): Plan {
  return planProject(planInput(parts));
}

/** `action address` of each change, with what blocks it: the short form that most tests compare. */
export function short({ changes }: Pick<Plan, 'changes'>): readonly string[] {
  return changes.map(
    ({ action, address, blockedBy }) =>
      `${action} ${address}${blockedBy.length > 0 ? ` blocked by ${blockedBy.join(', ')}` : ''}`,
  );
}

/** The ids of a plan's concerns, with the addresses of those about a VM. */
export function raised({ concerns }: Plan): readonly string[] {
  return concerns.map(({ id, address }) => (address === undefined ? id : `${id} ${address}`));
}

/** The change of an address; fails the test if there is none. */
export function changeOf({ changes }: Plan, address: string): Change {
  const change = changes.find((candidate) => candidate.address === address);
  if (change === undefined) throw new Error(`the plan has no change of ${address}`);
  return change;
}
