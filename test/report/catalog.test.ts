import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { toServerId } from '../../src/core/names.ts';
import {
  renderCatalogDeletion,
  renderCatalogImport,
  renderCatalogImportJson,
  renderCatalogJson,
  renderCatalogProgress,
  renderCatalogText,
} from '../../src/report/account/catalog.ts';
import { job, server } from '../plan/plan-input.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';
import { busyCatalog, EVIL } from './statuses.ts';

const colors = picocolors.createColors(false);

describe('the catalogue', () => {
  it('is a line a server, with its job', () => {
    expectGolden('catalog.txt', renderCatalogText(busyCatalog(), { colors }));
    expectGolden('catalog.json', renderCatalogJson(busyCatalog()));
  });

  it.each([60, 80])('fits a terminal of %d columns', (columns) => {
    expectGoldenToFit(
      `catalog-${columns}.txt`,
      columns,
      renderCatalogText(busyCatalog(), { colors, columns }),
    );
  });

  it('says how many servers the filters leave', () => {
    const { entries, ...rest } = busyCatalog();
    const one = { ...rest, entries: entries.slice(0, 1) };
    expect(renderCatalogText(one, { colors })).toContain('\n\n1 of 5 servers, 1 with a job, 1 managed.\n');
  });

  it('says what to do where it is not there', () => {
    const gone = { ...busyCatalog(), entries: [], total: 0, state: 'deleted' } as const;
    expect(renderCatalogText(gone, { colors })).toBe(
      '0 servers, 0 with a job, 0 managed. The catalogue of production is deleted: run `landfall catalog import`.\n',
    );
  });

  it('says what the account lacks before it can know any server', () => {
    const lack = {
      id: 'account.uninitialized',
      severity: 'critical',
      message: 'no',
      remedy: 'do it',
    } as const;
    const empty = {
      ...busyCatalog(),
      entries: [],
      total: 0,
      state: 'not-imported',
      missingSetup: [lack],
    } as const;
    expect(renderCatalogText(empty, { colors })).toBe(
      'critical account.uninitialized\n  no\n  fix: do it\n\n0 servers, 0 with a job, 0 managed.\n',
    );
  });

  it('lets nothing from AWS reach the terminal as it is', () => {
    const evil = server(EVIL, { path: EVIL, vmManagerName: EVIL, serverId: toServerId(EVIL) });
    const of = job(EVIL, { id: EVIL, owner: { project: EVIL, wave: EVIL } });
    const catalog = {
      target: EVIL,
      state: 'expired',
      total: 1,
      entries: [{ server: evil, job: of, managed: false }],
      missingSetup: [
        { id: 'account.no-template', severity: 'critical', message: EVIL, remedy: EVIL, target: EVIL },
      ],
    } as const;
    expect(renderCatalogText(catalog, { colors })).not.toMatch(/[^\n\P{C}]/u);
    expect(renderCatalogJson(catalog)).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe('an import', () => {
  it('says how it ended, and how many servers there are then', () => {
    expect(renderCatalogImport('local', { state: 'available', servers: 1 })).toBe(
      'The server catalogue of local is imported, 1 server.\n',
    );
    expect(renderCatalogImport('local', { state: 'importing' })).toBe(
      'The server catalogue of local is still being imported.\n',
    );
    expect(JSON.parse(renderCatalogImportJson('local', { state: 'available', servers: 1 }))).toEqual({
      format_version: '1.0',
      target: 'local',
      state: 'available',
      server_count: 1,
    });
  });

  it('says how long it takes', () => {
    expect(renderCatalogProgress('local')).toBe('Importing the server catalogue of local\n');
    expect(renderCatalogProgress('local', 15_000)).toBe('Importing the server catalogue of local: 15 s\n');
  });
});

describe('a deletion', () => {
  it('says what goes and what stays', () => {
    expect(renderCatalogDeletion('local', 298, 1)).toBe(
      '298 servers in the catalogue of local; 1 replication job stays and continues.\n',
    );
    expect(renderCatalogDeletion('local', 1, 0)).toBe(
      '1 server in the catalogue of local; 0 replication jobs stay and continue.\n',
    );
  });
});
