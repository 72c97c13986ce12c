// Random accounts and projects for property tests: few names, so that VMs, servers, jobs and waves meet in every way.
import fc from 'fast-check';
import type { DesiredVm, Settings, VmReference } from '../../src/core/desired.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import type { JobState, ObservedJob, ObservedServer } from '../../src/core/observed.ts';
import { isActive } from '../../src/core/observed.ts';
import type { ProviderTraits } from '../../src/core/provider.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { PROJECT, RULES, server, traitsOf, vm, wave, planInput } from './plan-input.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const WAVES = ['w1', 'w2', 'w3'] as const;
const name = fc.constantFrom(...NAMES);
const waveName = fc.constantFrom(...WAVES);
/** A service in random samples: the settings of its jobs, and its traits for planning. */
export interface Manner {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly settings: fc.Arbitrary<Settings>;
  /** Settings of VMs whose jobs come to an end by themselves. */
  readonly ending: Settings;
  /** Jobs of a server that there may be at once: those that have ended stay listed, or a server is its one job. */
  readonly ended: 'stay' | 'none';
  facts(state: JobState): ObservedJob['facts'];
}

export const MANNERS: readonly Manner[] = [
  {
    name: 'a service that runs jobs',
    traits: traitsOf(RULES),
    settings: fc.oneof(
      fc.record({ frequency: fc.constantFrom(12, 24) }),
      fc.record({ runOnce: fc.constant(true) }),
      fc.record({ frequency: fc.constant(12), roleName: fc.constantFrom('sms', 'other') }),
      fc.record({ frequency: fc.constant(12), licenseType: fc.constantFrom('Auto', 'AWS', 'BYOL') }),
    ),
    ending: { runOnce: true },
    ended: 'stay',
    facts: () => undefined,
  },
  {
    name: 'a service that replicates all the time',
    traits: mgnTraits,
    settings: fc.record(
      {
        app: fc.constantFrom('intranet', 'payroll'),
        'mgn.replication.bandwidthThrottling': fc.constantFrom(10, 20),
        'mgn.replication.stagingAreaTags.owner': fc.constantFrom('a', 'b'),
        kmsKeyId: fc.constantFrom('arn:k1', 'arn:k2'),
        licenseType: fc.constantFrom('AWS', 'BYOL'),
      },
      { requiredKeys: ['app'] },
    ),
    ending: { app: 'intranet' },
    ended: 'none',
    facts: (state) => ({
      lifecycle: state === 'completed' ? 'CUTOVER' : state === 'failed' ? 'DISCONNECTED' : 'READY_FOR_TEST',
    }),
  },
];
const state = fc.constantFrom<JobState[]>(
  ...(['pending', 'active', 'failing', 'failed', 'paused', 'completed', 'unknown'] as const),
);

/** Servers of two managers: the same name may stand on both. */
const servers: fc.Arbitrary<readonly ObservedServer[]> = fc
  .uniqueArray(fc.tuple(name, fc.constantFrom(1, 2)), { selector: ([n, m]) => `${n}${m}`, maxLength: 10 })
  .map((pairs) => pairs.map(([n, m]) => serverOf(n, m)));

function serverOf(n: string, manager: number): ObservedServer {
  return server(n, {
    serverId: toServerId(`s-${n}${manager}`),
    vmManagerId: `M-${manager}`,
    vmManagerName: `vcenter${manager}`,
    path: `/DC${manager}/vm/${n}`,
  });
}

const jobOf = (manner: Manner): fc.Arbitrary<Omit<ObservedJob, 'id'>> =>
  fc
    .record({
      server: fc.tuple(name, fc.constantFrom(1, 2)).map(([n, m]) => serverOf(n, m)),
      state,
      owner: fc.option(fc.record({ project: fc.constantFrom(PROJECT, PROJECT, 'other'), wave: waveName })),
      settings: manner.settings,
    })
    .map(({ owner, ...rest }) => {
      const known = manner.facts(rest.state);
      const one = { ...rest, ...(known !== undefined && { facts: known }) };
      return owner === null ? one : { ...one, owner };
    });

/** The service has one active job a server at most; ended ones there may be many of, where they stay. */
function oneActiveEach(jobs: readonly ObservedJob[], { ended }: Manner): readonly ObservedJob[] {
  const taken = new Set<string>();
  return jobs.filter((item) => {
    if (ended === 'stay' && !isActive(item)) return true;
    const first = !taken.has(item.server.serverId);
    taken.add(item.server.serverId);
    return first;
  });
}

const reference = (n: string): fc.Arbitrary<VmReference> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(1, 2).map((m) => ({ name: n, path: `/DC${m}/vm/${n}` })) },
    { weight: 1, arbitrary: fc.constant({ name: n }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(1, 2).map((m) => ({ serverId: toServerId(`s-${n}${m}`), name: n })),
    },
  );

const desiredVmOf = ({ settings }: Manner): fc.Arbitrary<DesiredVm> =>
  fc
    .record({ n: name, wave: waveName, settings, adopt: fc.boolean(), protect: fc.boolean() })
    .chain(({ n, ...more }) => reference(n).map((found) => vm(n, { ...more, reference: found })));

export interface Sample {
  readonly input: PlanInput;
  readonly limit: number;
}

/** Anything at all: names that are missing or ambiguous, jobs of anyone in any state, caps that are too small. */
export const samplesOf = (manner: Manner): fc.Arbitrary<Sample> =>
  fc
    .record({
      vms: fc.uniqueArray(desiredVmOf(manner), { selector: ({ address }) => address, maxLength: 10 }),
      servers,
      jobs: fc.array(jobOf(manner), { maxLength: 10 }).map((jobs) =>
        oneActiveEach(
          jobs.map((item, index) => ({ ...item, id: `sms-job-${index}` })),
          manner,
        ),
      ),
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
      input: planInput({
        ...parts,
        limit,
        waves: WAVES.map((w, index) => ({
          ...wave(w, waveLimits[index] ?? undefined),
          protect: w === guarded,
        })),
        observed: { catalog },
        input: {
          traits: new Map([['production', manner.traits]]),
          allowEmpty,
          concerns: refused.map(([w, n]) => ({
            id: 'licence.linux-aws' as const,
            severity: 'critical' as const,
            message: 'm',
            address: toAddress(`${w}/${n}`),
          })),
          replace: (text) => replaced.some((n) => n === text),
        },
      }),
    }));

/** The same, of either service. */
export const samples: fc.Arbitrary<Sample> = fc.oneof(...MANNERS.map(samplesOf));
