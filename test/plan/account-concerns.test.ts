import { describe, expect, it } from '@jest/globals';
import type { CatalogState } from '../../src/core/observed.ts';
import { job, planOf, raised, server, short, vm } from './plan-input.ts';

describe('the state of the catalogue', () => {
  it.each<[CatalogState, string]>([
    ['not-imported', 'is not imported'],
    ['deleted', 'has been deleted'],
    ['expired', 'has expired'],
    ['unknown', 'does not know'],
    ['importing', 'is still being imported'],
  ])('is one concern for all VMs that it keeps from being found: %s', (catalog, words) => {
    const vms = [vm('a'), vm('b'), vm('c')];
    const plan = planOf({ vms, jobs: [job('a')], observed: { catalog } });
    expect(short(plan)).toEqual(['no-op sdsc-01/a']);
    expect(plan.concerns).toMatchObject([
      { id: 'catalog.unavailable', severity: 'critical', target: 'production' },
    ]);
    expect(plan.concerns[0]?.message).toContain(words);
    expect(plan.concerns[0]?.message).toContain('2 VMs');
  });

  it('warns that names may yet turn out ambiguous while it is gathered', () => {
    const plan = planOf({ vms: [vm('a')], servers: ['a'], observed: { catalog: 'importing' } });
    expect(short(plan)).toEqual(['create sdsc-01/a']);
    expect(plan.concerns).toMatchObject([{ id: 'catalog.importing', severity: 'warning' }]);
  });

  it('counts selected VMs only', () => {
    const plan = planOf({
      vms: [vm('a'), vm('b')],
      observed: { catalog: 'deleted' },
      input: { selection: { vm: (name) => name === 'b' } },
    });
    expect(plan.concerns[0]?.message).toContain('1 VM of the manifests is');
  });
});

describe('connectors', () => {
  it('warns when none is healthy', () => {
    const connectors = [
      { id: 'c-1', healthy: false },
      { id: 'c-2', healthy: false },
    ];
    const plan = planOf({ vms: [vm('a')], servers: ['a'], observed: { connectors } });
    expect(plan.concerns).toMatchObject([{ id: 'connector.none-healthy', severity: 'warning' }]);
    expect(plan.concerns[0]?.message).toContain('none of the 2 connectors');
    expect(short(plan)).toEqual(['defer sdsc-01/a']);
  });

  it('warns when there is none at all', () => {
    const plan = planOf({ vms: [vm('a')], servers: ['a'], observed: { connectors: [] } });
    expect(plan.concerns[0]?.message).toContain('has no connector');
  });

  it('warns of a vCenter whose connectors are down while those of another are up', () => {
    const connectors = [
      { id: 'c-1', healthy: false, vmManagerId: 'VC-1' },
      { id: 'c-2', healthy: true, vmManagerId: 'VC-2' },
    ];
    const servers = [
      server('a', { vmManagerId: 'vc-1', vmManagerName: 'one' }),
      server('b', { vmManagerId: 'vc-2', vmManagerName: 'two' }),
    ];
    const plan = planOf({ vms: [vm('a'), vm('b')], observed: { servers, connectors } });
    expect(plan.concerns).toMatchObject([
      {
        id: 'connector.none-healthy',
        message: 'no connector of vCenter "one" is healthy on target "production": 1 VM does not replicate',
      },
    ]);
  });

  it('is content with one, and silent where there is nothing to replicate', () => {
    const mixed = [
      { id: 'c-1', healthy: false },
      { id: 'c-2', healthy: true },
    ];
    expect(raised(planOf({ vms: [vm('a')], servers: ['a'], observed: { connectors: mixed } }))).toEqual([]);
    expect(raised(planOf({ observed: { connectors: [] } }))).toEqual([]);
  });
});
