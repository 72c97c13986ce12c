import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toServerId } from '../../src/core/names.ts';
import { findDrift } from '../../src/plan/drift.ts';
import { planProject } from '../../src/plan/index.ts';
import { job, PROJECT, server, unmarked, vm, wave, planInput, type PlanParts } from './plan-input.ts';
import { samples } from './samples.ts';

/** `kind address` of each, in short. */
function kinds(parts: PlanParts): readonly string[] {
  return findDrift(planInput(parts)).drift.map(({ kind, address }) => `${kind} ${address}`);
}

describe('drift', () => {
  it('is none where the account has what git says', () => {
    const found = findDrift(planInput({ vms: [vm('a')], servers: ['a'], jobs: [job('a')] }));
    expect(found).toMatchObject({ drift: [], matching: 1, concerns: [] });
  });

  it('tells who says what of each field', () => {
    const jobs = [job('a', { settings: { frequency: 24, licenseType: 'BYOL', roleName: 'other' } })];
    expect(findDrift(planInput({ vms: [vm('a')], servers: ['a'], jobs })).drift).toMatchObject([
      {
        kind: 'changed',
        job: 'sms-job-a',
        fields: [
          { field: 'frequency', git: 12, account: 24 },
          { field: 'roleName', git: 'sms', account: 'other' },
        ],
      },
    ]);
  });

  it('tells a job that is gone from one that was never made', () => {
    const servers = [server('old', { hadJob: true }), server('new')];
    expect(kinds({ vms: [vm('old'), vm('new')], servers })).toEqual([
      'not-applied sdsc-01/new',
      'missing sdsc-01/old',
    ]);
  });

  it('names jobs of ours that no manifest names, and passes over those of others', () => {
    const jobs = [
      job('a'),
      job('b'),
      job('c', { owner: { project: 'other', wave: 'x' } }),
      unmarked(job('d')),
    ];
    expect(kinds({ vms: [vm('a')], servers: ['a', 'b', 'c', 'd'], jobs })).toEqual(['unlisted sdsc-01/b']);
  });

  it('says whose marker is on a job that is not ours any more', () => {
    const jobs = [job('a', { owner: { project: 'other', wave: 'x' } }), unmarked(job('b'))];
    const { drift } = findDrift(planInput({ vms: [vm('a'), vm('b')], servers: ['a', 'b'], jobs }));
    expect(drift).toMatchObject([
      { kind: 'foreign', fields: [{ field: 'owner', git: `${PROJECT}/sdsc-01`, account: 'other/x' }] },
      { kind: 'foreign', message: "the job carries no project's marker" },
    ]);
    expect(drift[1]?.fields).toEqual([{ field: 'owner', git: `${PROJECT}/sdsc-01` }]);
  });

  it.each(['failed', 'paused', 'completed'] as const)('tells of a job that is %s', (state) => {
    const found = kinds({ vms: [vm('a')], servers: ['a'], jobs: [job('a', { state })] });
    expect(found).toEqual(['state sdsc-01/a']);
  });

  it('has nothing to say of a job that was to run once, and has', () => {
    const settings = { runOnce: true };
    const jobs = [job('a', { state: 'completed', settings: { runOnce: true, roleName: 'other' } })];
    expect(kinds({ vms: [vm('a', { settings })], servers: ['a'], jobs })).toEqual([]);
  });

  it('sees all that differs on a job that is to be adopted', () => {
    const jobs = [unmarked(job('a', { settings: { runOnce: true } }))];
    const { drift } = findDrift(planInput({ vms: [vm('a', { adopt: true })], servers: ['a'], jobs }));
    expect(drift[0]?.fields.map(({ field }) => field)).toEqual([
      'frequency',
      'licenseType',
      'owner',
      'runOnce',
    ]);
  });

  it('says of a VM that cannot be found why', () => {
    const found = findDrift(
      planInput({ vms: [vm('a'), vm('b')], servers: ['a', server('a', { serverId: toServerId('s-2') })] }),
    );
    expect(found.drift).toMatchObject([
      { kind: 'unresolved', address: 'sdsc-01/a', message: expect.stringContaining('fits 2 VMs') as unknown },
      { kind: 'unresolved', address: 'sdsc-01/b', message: expect.stringContaining('has no VM') as unknown },
    ]);
    const empty = findDrift(planInput({ vms: [vm('a')], observed: { catalog: 'expired' } }));
    expect(empty.drift).toMatchObject([{ kind: 'unresolved' }]);
    expect(empty.concerns).toMatchObject([{ id: 'catalog.unavailable' }]);
  });

  it('looks no further than the selection', () => {
    const parts = { vms: [vm('a')], waves: [wave('sdsc-01'), wave('w2')], servers: ['a', 'b'] };
    const jobs = [job('b', { owner: { project: PROJECT, wave: 'w2' } })];
    const input = { selection: { wave: (name: string) => name === 'w2' } };
    expect(kinds({ ...parts, jobs, input })).toEqual(['unlisted w2/b']);
  });

  it('is there wherever a plan without caps and guards would change something, and the same whatever they are', () => {
    fc.assert(
      fc.property(samples, ({ input }) => {
        const plain = { ...input, concerns: [], replace: () => false };
        const found = findDrift(plain);
        const drifted = new Set(found.drift.map(({ address }) => address));
        for (const { address, action } of planProject(plain).changes) {
          if (action !== 'no-op') expect(drifted).toContain(address);
        }
        const roomy = plain.desired.targets.map((target) => ({
          ...target,
          limits: { ...target.limits, activeReplications: 1000 },
        }));
        const uncapped = { ...plain, desired: { ...plain.desired, targets: roomy } };
        expect(findDrift(uncapped).drift).toEqual(found.drift);
      }),
    );
  });
});
