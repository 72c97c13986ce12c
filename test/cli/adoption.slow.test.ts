import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AnyAccount, anyAccount, changesOf, writeAccount } from './mgn-accounts.ts';
import { PROJECT, ScratchProject } from './scratch-project.ts';

const MGN = PROJECT.replace(
  'provider: sms, region: us-west-2, endpoint: local',
  'provider: mgn, region: us-west-2, endpoint: local, mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }',
);

let world: ScratchProject;
let state: string;
beforeEach(() => {
  world = new ScratchProject({ 'landfall.yaml': MGN });
  state = join(world.folder, '.landfall', 'local');
});
afterEach(() => world.dispose());

interface Report {
  readonly files: readonly { readonly vm_count: number }[];
  readonly left_out: readonly { readonly name: string; readonly reason: string }[];
}
interface Plan {
  readonly changes: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[]; readonly after: object };
  }[];
  readonly concerns: readonly { readonly id: string; readonly severity: string }[];
}

/** Runs a command that must succeed, and returns its JSON. */
async function json<T>(...argv: readonly string[]): Promise<T> {
  const run = await world.run(...argv, '--format', 'json');
  expect({ code: run.code, output: run.code === 0 ? '' : run.stdout + run.stderr }).toMatchObject({
    code: 0,
    output: '',
  });
  return JSON.parse(run.stdout) as T;
}

/** A plan only writes owners, apply does nothing else to the account, and the plan after that is empty. */
async function onlyAdopts(unowned: number): Promise<void> {
  const { changes, concerns } = await json<Plan>('plan');
  expect(concerns.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  const updates = changes.filter(({ change }) => !isIdle(change.actions));
  for (const { change } of updates) {
    expect(change.actions).toEqual(['update']);
    expect(Object.keys(change.after)).toEqual(['owner']);
  }
  expect(updates).toHaveLength(unowned);
  expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
  expect([...changesOf(state)]).toEqual(unowned === 0 ? [] : ['tags']);
  const { code } = await world.run('plan', '--detailed-exitcode');
  expect(code).toBe(changes.some(({ change }) => change.actions[0] === 'defer') ? 7 : 0);
}

const isIdle = ([action]: readonly string[]): boolean => action === 'no-op' || action === 'defer';

/** A plan retries stalled replications of servers that it manages, which is no part of an adoption. */
const withoutStalled = (account: AnyAccount): AnyAccount => ({
  ...account,
  servers: account.servers.map((server) =>
    server.replication === 'STALLED' ? { ...server, replication: 'CONTINUOUS' } : server,
  ),
});

describe('import live on MGN', () => {
  const anyFlags = fc.record({
    by: fc.constantFrom(undefined, 'wave', 'application', 'folder', 'datacenter'),
    size: fc.constantFrom(undefined, 2),
  });

  it('has a plan write owners only, whatever the account holds, and accounts for each server', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyAccount.map(withoutStalled),
        anyFlags,
        async (account: AnyAccount, { by, size }) => {
          await world.dispose();
          world = new ScratchProject({ 'landfall.yaml': MGN });
          state = join(world.folder, '.landfall', 'local');
          writeAccount(state, account, world.now);
          const { files, left_out: leftOut } = await json<Report>(
            ...['import', 'live'],
            ...(by === undefined ? [] : ['--by', by]),
            ...(size === undefined ? [] : ['--max-size', String(size)]),
          );
          const written = files.reduce((sum, file) => sum + file.vm_count, 0);
          expect(written + leftOut.length).toBe(account.servers.length);
          if (written === 0) return;
          const ours = account.servers.filter(({ owner }) => owner === 'ours').length;
          await onlyAdopts(written - ours);
          // Nothing is left to import.
          expect((await json<Report>('import', 'live')).files).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('import mgn-csv', () => {
  /** An account that MGN has made of a CSV: no two names are the same, and nobody has finished a migration yet. */
  const anyImported = anyAccount.map(withoutStalled).map(({ servers, waves, apps }): AnyAccount => {
    const byName = <T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] => [
      ...new Map(items.map((item) => [nameOf(item), item])).values(),
    ];
    return {
      waves: [...new Set(waves)],
      apps: byName(apps, ({ name }) => name),
      servers: servers
        .filter(
          ({ lifecycle, type, isArchived }) =>
            !isArchived &&
            !['CUTOVER', 'DISCONNECTED', 'DISCOVERED'].includes(lifecycle) &&
            (lifecycle !== 'STOPPED' || type === 'AGENT_BASED'),
        )
        .map((server, index) => ({
          ...server,
          ...{
            name: `${server.name.slice(0, 40).trim().replace('\u200b', '')}-${index}`,
            owner: 'nobody',
            copyOf: false,
          },
          description: undefined,
        })),
    };
  });

  function csvOf({ servers, waves, apps }: AnyAccount): string {
    const rows = servers.map(({ name, app, byol }) => [
      waves[apps[app]?.wave ?? Infinity] ?? '',
      apps[app]?.name ?? '',
      name,
      byol ? 'BYOL' : 'LI',
    ]);
    const title = 'mgn:launch:placement:operating-system-licensing';
    return [['mgn:wave:name', 'mgn:app:name', 'mgn:server:user-provided-id', title], ...rows]
      .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\n');
  }

  it('has a plan write owners only in an account that was made of the CSV', async () => {
    await fc.assert(
      fc.asyncProperty(anyImported, async (account) => {
        fc.pre(account.servers.length > 0);
        await world.dispose();
        world = new ScratchProject({ 'landfall.yaml': MGN, 'mgn.csv': csvOf(account) });
        state = join(world.folder, '.landfall', 'local');
        writeAccount(state, account, world.now);
        const { files } = await json<Report>('import', 'mgn-csv', 'mgn.csv');
        expect(files.reduce((sum, file) => sum + file.vm_count, 0)).toBe(account.servers.length);
        const waiting = account.servers.filter(({ lifecycle }) =>
          ['PENDING_INSTALLATION', 'STOPPED'].includes(lifecycle),
        );
        await onlyAdopts(account.servers.length - waiting.length);
      }),
      { numRuns: 8 },
    );
  });
});
