// Random worlds for property tests: few names, so that VMs, servers, jobs and waves meet in every way.
import fc from 'fast-check';
import type { DesiredVm, Settings, VmReference } from '../../src/core/desired.ts';
import type { JobState, ObservedJob, ObservedServer } from '../../src/core/observed.ts';
import { isActive } from '../../src/core/observed.ts';
import type { PlanInput } from '../../src/plan/index.ts';
import { PROJECT, server, unmarked, vm, wave, world } from './world.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const WAVES = ['w1', 'w2', 'w3'] as const;
const name = fc.constantFrom(...NAMES);
const waveName = fc.constantFrom(...WAVES);
const settings: fc.Arbitrary<Settings> = fc.oneof(
  fc.record({ frequency: fc.constantFrom(12, 24) }),
  fc.record({ runOnce: fc.constant(true) }),
  fc.record({ frequency: fc.constant(12), roleName: fc.constantFrom('sms', 'other') }),
  fc.record({ frequency: fc.constant(12), licenseType: fc.constantFrom('Auto', 'AWS', 'BYOL') }),
);
const state = fc.constantFrom<JobState[]>(
  ...(['pending', 'active', 'failing', 'failed', 'paused', 'completed', 'unknown'] as const),
);

/** Servers of two managers: the same name may stand on both. */
const servers: fc.Arbitrary<readonly ObservedServer[]> = fc
  .uniqueArray(fc.tuple(name, fc.constantFrom(1, 2)), { selector: ([n, m]) => `${n}${m}`, maxLength: 10 })
  .map((pairs) => pairs.map(([n, m]) => serverOf(n, m)));

function serverOf(n: string, manager: number): ObservedServer {
  return server(n, {
    serverId: `s-${n}${manager}`,
    vmManagerId: `M-${manager}`,
    vmManagerName: `vcenter${manager}`,
    path: `/DC${manager}/vm/${n}`,
  });
}

const job: fc.Arbitrary<Omit<ObservedJob, 'id'>> = fc
  .record({
    server: fc.tuple(name, fc.constantFrom(1, 2)).map(([n, m]) => serverOf(n, m)),
    state,
    owner: fc.option(fc.record({ project: fc.constantFrom(PROJECT, PROJECT, 'other'), wave: waveName })),
    settings,
  })
  .map(({ owner, ...rest }) => (owner === null ? unmarked({ ...rest, id: '' }) : { ...rest, owner }));

/** The service has one active job a server at most; ended ones there may be many of. */
function oneActiveEach(jobs: readonly ObservedJob[]): readonly ObservedJob[] {
  const taken = new Set<string>();
  return jobs.filter((item) => {
    if (!isActive(item)) return true;
    const first = !taken.has(item.server.serverId);
    taken.add(item.server.serverId);
    return first;
  });
}

const reference = (n: string): fc.Arbitrary<VmReference> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(1, 2).map((m) => ({ name: n, path: `/DC${m}/vm/${n}` })) },
    { weight: 1, arbitrary: fc.constant({ name: n }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2).map((m) => ({ serverId: `s-${n}${m}`, name: n })) },
  );

const desiredVm: fc.Arbitrary<DesiredVm> = fc
  .record({ n: name, wave: waveName, settings, adopt: fc.boolean(), protect: fc.boolean() })
  .chain(({ n, ...more }) => reference(n).map((found) => vm(n, { ...more, reference: found })));

export interface Sample {
  readonly input: PlanInput;
  readonly limit: number;
}

/** Anything at all: names that are missing or ambiguous, jobs of anyone in any state, caps that are too small. */
export const samples: fc.Arbitrary<Sample> = fc
  .record({
    vms: fc.uniqueArray(desiredVm, { selector: ({ address }) => address, maxLength: 10 }),
    servers,
    jobs: fc
      .array(job, { maxLength: 10 })
      .map((jobs) => oneActiveEach(jobs.map((item, index) => ({ ...item, id: `sms-job-${index}` })))),
    limit: fc.integer({ min: 0, max: 8 }),
    guarded: fc.option(waveName),
    waveLimits: fc.tuple(...WAVES.map(() => fc.option(fc.integer({ min: 0, max: 4 })))),
    refused: fc.array(fc.tuple(waveName, name), { maxLength: 2 }),
    replaced: fc.array(name, { maxLength: 1 }),
    allowEmpty: fc.boolean(),
    catalog: fc.constantFrom('available' as const, 'expired' as const),
  })
  .map(({ limit, guarded, waveLimits, refused, replaced, allowEmpty, catalog, ...parts }) => ({
    limit,
    input: world({
      ...parts,
      limit,
      waves: WAVES.map((w, index) => ({
        ...wave(w, waveLimits[index] ?? undefined),
        protect: w === guarded,
      })),
      observed: { catalog },
      input: {
        allowEmpty,
        concerns: refused.map(([w, n]) => ({
          id: 'licence.linux-aws' as const,
          severity: 'critical' as const,
          message: 'm',
          address: `${w}/${n}`,
        })),
        replace: (text) => replaced.some((n) => n === text),
      },
    }),
  }));
