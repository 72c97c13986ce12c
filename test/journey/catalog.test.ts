import { describe, expect, it } from '@jest/globals';
import { toServerId } from '../../src/core/names.ts';
import { type CatalogFilter, listCatalog } from '../../src/journey/catalog.ts';
import { job, observe, PROJECT, server, unmarked } from '../plan/plan-input.ts';

const OBSERVED = observe({
  servers: [
    server('web', { vmManagerName: 'vc-b', vmManagerId: 'B' }),
    server('app'),
    server('db'),
    server('app', { serverId: toServerId('s-0'), path: '/a/app' }),
  ],
  jobs: [job('web', { state: 'completed', id: 'sms-job-old' }), job('web'), unmarked(job('db'))],
});

function listed(filter: CatalogFilter = {}) {
  const { entries, total } = listCatalog('production', OBSERVED, PROJECT, filter);
  expect(total).toBe(4);
  return entries.map(({ server: { serverId }, job: of, managed }) => [serverId, of?.id, managed]);
}

const is = (name: string) => (text: string) => text === name;

describe('the catalogue', () => {
  it('is sorted, and shows the job that stands for a server', () => {
    expect(listed()).toEqual([
      ['s-app', undefined, false],
      ['s-0', undefined, false],
      ['s-db', 'sms-job-db', false],
      ['s-web', 'sms-job-web', true],
    ]);
  });

  it.each<[string, CatalogFilter, readonly string[]]>([
    ['name', { name: is('app') }, ['s-app', 's-0']],
    ['path', { path: is('/a/app') }, ['s-0']],
    ['vCenter by name', { vCenter: is('vc-b') }, ['s-web']],
    ['vCenter by id', { vCenter: is('B') }, ['s-web']],
    ['with a job', { withJob: true }, ['s-db', 's-web']],
    ['without a job', { withJob: false }, ['s-app', 's-0']],
    ['managed', { managed: true }, ['s-web']],
    ['not managed', { managed: false }, ['s-db']],
    ['all of several', { name: is('app'), path: is('/a/app'), withJob: true }, []],
  ])('is filtered by %s', (_, filter, ids) => {
    expect(listed(filter).map(([id]) => id)).toEqual(ids);
  });
});
