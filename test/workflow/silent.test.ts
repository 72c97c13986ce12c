import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Environment, Workspace } from '../../src/core/environment.ts';
import { deleteCatalog, importCatalog, listServers } from '../../src/workflow/account/catalog.ts';
import { disassociateConnector, listConnectors } from '../../src/workflow/account/connectors.ts';
import { setUpAccount } from '../../src/workflow/account/set-up.ts';
import { publishComment } from '../../src/workflow/commenting.ts';
import { convertWaves } from '../../src/workflow/converting.ts';
import { exportMgnCsv } from '../../src/workflow/exporting.ts';
import { importLive, importMgnCsv, importRvtools } from '../../src/workflow/importing.ts';
import {
  advanceClock,
  loadInventory,
  resetEndpoint,
  serveEndpoint,
  setFaults,
} from '../../src/workflow/local/commands.ts';
import { forceUnlock } from '../../src/workflow/locking/force-unlock.ts';
import { createProject } from '../../src/workflow/new-project/create.ts';
import { apply, applySaved } from '../../src/workflow/plan/apply.ts';
import { drift } from '../../src/workflow/plan/drift.ts';
import { plan } from '../../src/workflow/plan/planning.ts';
import { rollback } from '../../src/workflow/plan/rollback.ts';
import { showSavedPlan } from '../../src/workflow/plan/saved-plan.ts';
import { readProjectNames } from '../../src/workflow/project-names.ts';
import { jobRuns } from '../../src/workflow/runs/history.ts';
import { runOnDemand } from '../../src/workflow/runs/on-demand.ts';
import { describe as describeVm } from '../../src/workflow/runs/describe.ts';
import { findOutputs } from '../../src/workflow/runs/outputs.ts';
import { status } from '../../src/workflow/runs/status.ts';
import { wave, ScratchProject } from '../cli/scratch-project.ts';

const RVTOOLS = readFileSync(new URL('../../src/local/default-inventory.csv', import.meta.url), 'utf8');
const approve = (): Promise<boolean> => Promise.resolve(true);

/** What a verb is called with: the project, and the id of a connector of its account. */
interface Scene {
  readonly workspace: Workspace;
  readonly folder: string;
}

/** A call of every verb; those that fail do so on purpose: errors are thrown, not printed. */
const VERBS: Readonly<Record<string, (scene: Scene) => unknown>> = {
  plan: ({ workspace }) => plan(workspace, { out: 'a.plan' }),
  show: ({ workspace }) => showSavedPlan(workspace, 'saved.plan'),
  'apply FILE': ({ workspace }) => applySaved(workspace, 'saved.plan'),
  apply: ({ workspace }) => apply(workspace, { approve }),
  rollback: ({ workspace }) => rollback(workspace, ['a'], { approve }),
  drift: ({ workspace }) => drift(workspace),
  status: ({ workspace }) => status(workspace),
  runs: ({ workspace }) => jobRuns(workspace, {}, 'nobody'),
  run: ({ workspace }) => runOnDemand(workspace, ['a'], { approve }),
  output: ({ workspace }) => findOutputs(workspace, { names: [] }),
  describe: ({ workspace }) => describeVm(workspace, {}, 'awsscrum-lnx1'),
  'force-unlock': ({ workspace }) => forceUnlock(workspace, 'no-such-lock', { approve }),
  comment: ({ workspace }) =>
    publishComment(workspace, { file: 'plan.md', mode: 'update', ifMissing: 'skip' }),
  'catalog list': ({ workspace }) => listServers(workspace, {}),
  'catalog import': ({ workspace }) =>
    importCatalog(workspace, { wait: { timeout: 600_000, onProgress: () => undefined } }),
  'catalog delete': ({ workspace }) => deleteCatalog(workspace, { approve }),
  'connectors list': ({ workspace }) => listConnectors(workspace, {}),
  'connectors disassociate': ({ workspace }) => disassociateConnector(workspace, 'no-such', { approve }),
  'mgn init': ({ workspace }) => setUpAccount(workspace, { target: 'mgn', approve }),
  'import rvtools': ({ workspace }) =>
    importRvtools(workspace, { by: 'folder', licenceType: 'Auto', out: 'rv', maxSize: 100 }, 'export.csv'),
  'import mgn-csv': ({ workspace }) =>
    importMgnCsv(workspace, { licenceType: 'Auto', target: 'mgn', out: 'csv', maxSize: 100 }, 'export.csv'),
  'import live': ({ workspace }) => importLive(workspace, { by: 'folder', out: 'live', maxSize: 100 }),
  'export mgn-csv': ({ workspace }) => exportMgnCsv(workspace, { target: 'mgn' }),
  convert: ({ workspace }) => convertWaves(workspace, { to: 'mgn', target: 'mgn' }, []),
  init: ({ workspace, folder }) =>
    createProject(workspace, join(folder, 'new'), 'new', {
      name: 'new',
      provider: 'sms',
      pipeline: 'github',
      extras: ['windows'],
    }),
  'local start': async ({ workspace }) => {
    await using endpoint = await serveEndpoint(workspace, { wireStyle: 'model' });
    expect(endpoint.url).toContain('127.0.0.1');
  },
  'local load': ({ workspace }) => loadInventory(workspace, {}, 'export.csv'),
  'local advance': ({ workspace }) => advanceClock(workspace, {}, 60_000),
  'local reset': ({ workspace }) => resetEndpoint(workspace, { approve }),
  'local fault clear': ({ workspace }) => setFaults(workspace, {}),
  completion: ({ workspace }) => readProjectNames(workspace, undefined),
};

describe('workflow', () => {
  let world: ScratchProject;
  const printed: string[] = [];
  beforeEach(async () => {
    world = new ScratchProject({
      'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }', '{ name: nobody }']),
      'export.csv': RVTOOLS,
      'plan.md': '<!-- landfall:ucop:local -->\n',
    });
    const subnet = 'mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }';
    const mgn = `  mgn: { provider: mgn, region: us-west-2, endpoint: local, ${subnet} }\n`;
    world.write('landfall.yaml', world.read('landfall.yaml') + mgn);
    await world.useSmallInventory();
    await world.run('plan', '--out', 'saved.plan');
    printed.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    }
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      jest.spyOn(console, method).mockImplementation((...texts) => void printed.push(texts.join(' ')));
    }
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await world.dispose();
  });

  it.each(Object.keys(VERBS))('%s prints nothing', async (verb) => {
    // It has no streams: what would print to them fails with a TypeError.
    const host: Environment = {
      env: { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: 'secret', GITHUB_REPOSITORY: 'ucop/waves' },
      cwd: world.folder,
      clock: {
        now: () => world.now,
        sleep: (milliseconds) => {
          world.now += milliseconds;
          return Promise.resolve();
        },
      },
      onInterrupt: () => () => undefined,
    };
    let failure: unknown;
    try {
      await VERBS[verb]?.({ workspace: { host }, folder: world.folder });
    } catch (error) {
      failure = error;
    }
    expect(failure ?? { code: 'none' }).toHaveProperty('code');
    expect(printed).toEqual([]);
  });
});
