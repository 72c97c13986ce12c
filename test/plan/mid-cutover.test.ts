import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../src/core/desired.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import type { MgnFacts } from '../../src/providers/mgn/steps/sequence.ts';
import { changeOf, job, planOf, raised, server, short, unmarked, vm, wave } from './plan-input.ts';

const CHANGE = 'phase.change-unconfirmed';
const SETTINGS: Settings = {
  app: 'crm',
  licenseType: 'BYOL',
  'mgn.launch.bootMode': 'UEFI',
  'mgn.waveName': 'sdsc-01',
};
const MIDWAY = ['TESTING', 'READY_FOR_CUTOVER', 'CUTTING_OVER'] as const;
const OTHERS = ['NOT_READY', 'READY_FOR_TEST', 'CUTOVER'] as const;
const KINDS = [{}, { hasAgent: true as const }] as const;

function mgnJob(lifecycle: string, kind: (typeof KINDS)[number], facts: MgnFacts = {}) {
  const instance = lifecycle === 'CUTTING_OVER' || lifecycle === 'TESTING' ? { instance: 'i-1' } : {};
  return job('web', {
    ...{ server: server('web', kind), settings: SETTINGS, facts: { lifecycle, ...instance, ...facts } },
    state: lifecycle === 'CUTOVER' ? 'completed' : 'active',
  });
}

/** Plans the VM `web` with other settings, in a lifecycle state, of each kind. */
function plansIn(
  lifecycle: string,
  desired: { readonly settings?: Settings; readonly wave?: string } | undefined,
  confirmed: readonly string[] = [],
) {
  return KINDS.map((kind) =>
    planOf({
      vms: desired === undefined ? [] : [vm('web', { settings: SETTINGS, ...desired })],
      waves: [wave('sdsc-01'), wave('sdsc-02')],
      servers: [server('web', kind)],
      jobs: [mgnJob(lifecycle, kind)],
      input: {
        traits: new Map([['production', mgnTraits]]),
        allowEmpty: true,
        confirm: { change: (name) => confirmed.includes(name) },
      },
    }),
  );
}

const CHANGES = [
  ['a launch setting', { settings: { ...SETTINGS, 'mgn.launch.bootMode': 'LEGACY_BIOS' } }],
  [
    'a setting of its launch template',
    { settings: { ...SETTINGS, 'mgn.launch.template.instanceType': 'm5.large' } },
  ],
  ['its licence', { settings: { ...SETTINGS, licenseType: 'AWS' } }],
  ['its application', { settings: { ...SETTINGS, app: 'erp' } }],
  ['its wave', { wave: 'sdsc-02' }],
] as const;

describe('between the test and the end of the cut-over', () => {
  describe.each(MIDWAY)('in %s', (lifecycle) => {
    it.each(CHANGES.filter(([what]) => !what.includes('template')))(
      'a change of %s is critical',
      (_, desired) => {
        for (const plan of plansIn(lifecycle, desired)) {
          const address = 'wave' in desired ? 'sdsc-02/web' : 'sdsc-01/web';
          expect(short(plan)).toEqual([`update ${address} blocked by ${CHANGE}`]);
          expect(plan.concerns).toMatchObject([{ id: CHANGE, severity: 'critical' }]);
        }
      },
    );

    it('the removal of a VM is critical', () => {
      for (const plan of plansIn(lifecycle, undefined))
        expect(short(plan)).toEqual([`delete sdsc-01/web blocked by ${CHANGE}`]);
    });

    it('a confirmation that names the wave, and no other, makes the change', () => {
      const [, desired] = CHANGES[0];
      for (const plan of plansIn(lifecycle, desired, ['sdsc-02'])) expect(raised(plan)).toEqual([CHANGE]);
      for (const plan of plansIn(lifecycle, desired, ['sdsc-01'])) {
        expect(raised(plan)).toEqual([]);
        expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({ action: 'update', blockedBy: [] });
      }
    });

    it('replication settings may change, and an adoption writes its marker', () => {
      const settings = { ...SETTINGS, 'mgn.replication.bandwidthThrottling': 10 };
      for (const plan of plansIn(lifecycle, { settings })) expect(raised(plan)).toEqual([]);
      const plan = planOf({
        vms: [vm('web', { settings: SETTINGS, adopt: true })],
        servers: ['web'],
        jobs: [unmarked(mgnJob(lifecycle, {}))],
        input: { traits: new Map([['production', mgnTraits]]) },
      });
      expect(raised(plan)).toEqual([]);
    });
  });

  it.each(OTHERS)('does not begin before the test or last after it: %s', (lifecycle) => {
    for (const [, desired] of CHANGES)
      for (const plan of plansIn(lifecycle, desired)) expect(raised(plan)).not.toContain(CHANGE);
  });
});

describe('a finalized server that nobody owns', () => {
  const finalized = { ...unmarked(mgnJob('CUTOVER', {})), isMarkable: true as const };
  const plan = (adopt: boolean, facts: object = {}) =>
    planOf({
      vms: [vm('web', { settings: { ...SETTINGS, app: 'erp' }, adopt })],
      servers: ['web'],
      jobs: [{ ...finalized, ...facts }],
      input: { traits: new Map([['production', mgnTraits]]) },
    });

  it('is adopted by its marker alone', () => {
    expect(changeOf(plan(true), 'sdsc-01/web')).toMatchObject({
      action: 'update',
      fields: [{ field: 'owner', after: 'ucop/sdsc-01' }],
      blockedBy: [],
    });
    expect(raised(plan(true))).toEqual([]);
    expect(raised(plan(false))).toEqual(['job.unmanaged sdsc-01/web']);
  });
});
