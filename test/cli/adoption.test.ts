import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AnyAccount, anyAccount, changesOf, writeAccount } from './mgn-accounts.ts';
import { PROJECT, World } from './world.ts';

const MGN = PROJECT.replace(
  'provider: sms, region: us-west-2, endpoint: local',
  'provider: mgn, region: us-west-2, endpoint: local, mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }',
);

let world: World;
let state: string;
beforeEach(() => {
  world = new World({ 'landfall.yaml': MGN });
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
  const updates = changes.filter(({ change }) => change.actions[0] !== 'no-op');
  for (const { change } of updates) {
    expect(change.actions).toEqual(['update']);
    expect(Object.keys(change.after)).toEqual(['owner']);
  }
  expect(updates).toHaveLength(unowned);
  expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
  expect([...changesOf(state)]).toEqual(unowned === 0 ? [] : ['tags']);
  expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
}

describe('import live on MGN', () => {
  const anyFlags = fc.record({
    by: fc.constantFrom(undefined, 'wave', 'application', 'folder', 'datacenter'),
    size: fc.constantFrom(undefined, 2),
  });

  it('has a plan write owners only, whatever the account holds, and accounts for each server', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, anyFlags, async (account: AnyAccount, { by, size }) => {
        await world.dispose();
        world = new World({ 'landfall.yaml': MGN });
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
      }),
      { numRuns: 12 },
    );
  });
});
