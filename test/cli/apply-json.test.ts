import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, relayedWorld } from './relayed.ts';
import { apply, type Event, eventsOf, outcomeOf, type Streamed, typesOf } from './streamed.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const VMS = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `{ name: p-${app}-${part} }`),
);
/** A device of Linux alone. */
const canBeTried = (file: string) => file !== '/dev/full' || existsSync(file);
const CAPPED = PROJECT.replace('endpoint: local', 'endpoint: local, limits: { activeReplications: 4 }');

/** Counts how often a project's clock is read from now on. */
function countReads(world: ScratchProject): () => number {
  const { now } = world;
  let reads = 0;
  Object.defineProperty(world, 'now', { get: () => (reads++, now) });
  return () => reads;
}

describe('what an apply tells programs', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', VMS.slice(0, 3)) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('is a line for each thing that happens, and words are on stderr', async () => {
    const { code, stderr, events } = await apply(world, '--auto-approve');
    expect(code).toBe(0);
    const types = typesOf(events);
    expect(types.slice(0, 5)).toEqual([
      'version',
      ...Array<string>(3).fill('planned_change'),
      'change_summary',
    ]);
    expect(types.slice(5, -1).toSorted()).toEqual([
      ...Array<string>(3).fill('apply_complete'),
      ...Array<string>(3).fill('apply_start'),
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'change_summary',
      changes: { operation: 'apply', create: 3, failed: 0 },
    });
    expect(stderr).toContain('3 to create');
    expect((await apply(world, '--auto-approve')).events.at(-1)).toMatchObject({
      changes: { operation: 'apply', create: 0 },
      exit_code: 0,
    });
  });

  it('is not made where nobody reads it', async () => {
    const unread = new ScratchProject({ 'waves/a.yaml': wave('a', VMS.slice(0, 3)) });
    const [reads, fewer] = [countReads(world), countReads(unread)];
    const { events } = await apply(world, '--auto-approve');
    expect((await unread.run('apply', '--auto-approve')).stdout).toContain('Applied: 3 created');
    await unread.dispose();
    // Each line has the time at which it was made.
    expect(reads() - fewer()).toBeGreaterThanOrEqual(events.length);
  });

  it('leaves stdout to people where only a file gets the stream', async () => {
    const streamed = await world.run('apply', '--auto-approve', '--json-into', 'stream.jsonl');
    expect(streamed.code).toBe(0);
    expect(streamed.stdout).toContain('3 to create');
    expect(streamed.stdout).toContain('Applied: 3 created');
    expect(typesOf(eventsOf(world.read('stream.jsonl')))).toContain('apply_complete');
    // A stream of its own, not what an earlier run has left there.
    await world.run('apply', '--auto-approve', '--json-into', 'stream.jsonl', '--format', 'json');
    expect(typesOf(eventsOf(world.read('stream.jsonl')))).toEqual([
      'version',
      'change_summary',
      'change_summary',
    ]);
  });

  it('tells of updates, replaces and deletes', async () => {
    world.write('waves/a.yaml', wave('a', VMS));
    await world.run('apply', '--auto-approve');
    const [one = '', two = '', , ...others] = VMS;
    world.write(
      'waves/a.yaml',
      wave('a', [one.replace(' }', ', frequency: 24 }'), two.replace(' }', ', runOnce: true }'), ...others]),
    );
    const { events } = await apply(world, '--auto-approve');
    const done = events.filter(({ type }) => type === 'apply_complete').map(({ hook }) => hook?.['action']);
    expect(done.toSorted()).toEqual(['delete', 'replace', 'update']);
    expect(events.at(-1)).toMatchObject({ changes: { create: 0, update: 1, replace: 1, delete: 1 } });
  });

  it('tells of what waits for room under a cap', async () => {
    world.write('landfall.yaml', CAPPED);
    world.write('waves/a.yaml', wave('a', VMS));
    const { code, events } = await apply(world, '--auto-approve');
    expect(code).toBe(0);
    const queued = events.filter(({ type }) => type === 'queued');
    expect(queued).toHaveLength(6);
    expect(queued[0]).toMatchObject({ change: { action: 'defer', reason: expect.any(String) as unknown } });
    expect(events.at(-1)).toMatchObject({ changes: { create: 4, deferred: 6 } });
  });

  it('tells of steps towards a phase, and what they came to', async () => {
    await world.run('apply', '--auto-approve');
    const phase = (name: string) => {
      world.write('waves/a.yaml', wave('a', VMS.slice(0, 3), [`phase: ${name}`]));
      world.now += 5 * HOUR;
    };
    phase('cutover');
    const cutOver = await apply(world, '--auto-approve');
    const step = { action: 'advance', step: 'StartOnDemandReplicationRun' };
    expect(cutOver.events.find(({ type }) => type === 'planned_change')).toMatchObject({
      '@message': expect.stringContaining('plan to advance (StartOnDemandReplicationRun)') as unknown,
      change: step,
    });
    expect(cutOver.events.filter(({ type }) => type === 'apply_complete')).toHaveLength(3);
    expect(cutOver.events.at(-1)).toMatchObject({ changes: { advance: 3 } });
    expect(cutOver.outcome).toMatchObject({
      summary: { advanced: 3 },
      results: Array(3).fill({
        actions: ['advance'],
        step: step.step,
        detail: expect.any(String) as unknown,
      }),
    });

    phase('finalize');
    const refused = await apply(world, '--auto-approve');
    expect(refused.code).toBe(3);
    expect(refused.events.filter(({ type }) => type === 'blocked')).toHaveLength(3);
    const finalized = await apply(world, '--auto-approve', '--confirm-finalize', 'a');
    expect(finalized.events.find(({ type }) => type === 'planned_change')).toMatchObject({
      change: { step: 'DeleteReplicationJob', irreversible: true },
    });
    expect(finalized.events.find(({ type }) => type === 'apply_complete')).toMatchObject({
      hook: { detail: expect.stringMatching(/^ami-/) as unknown },
    });
  });

  it('tells of failures, and of what was not tried for it', async () => {
    world.write('waves/a.yaml', wave('a', VMS));
    world.write(
      'landfall.yaml',
      PROJECT.replace('endpoint: local', 'endpoint: local, limits: { apiRequests: 2 }'),
    );
    await world.serve({ faults: { throttling: { rate: 1, operations: ['CreateReplicationJob'] } } });
    const { code, events, outcome } = await apply(world, '--auto-approve', '--max-failures', '2');
    expect(code).toBe(6);
    const failed = events.filter(({ type }) => type === 'apply_errored');
    expect(failed[0]).toMatchObject({
      '@level': 'error',
      hook: { code: 'THROTTLED', remedy: expect.any(String) as unknown },
    });
    expect(failed.length).toBeGreaterThanOrEqual(2);
    const skipped = events.filter(({ type }) => type === 'apply_skipped');
    expect(failed.length + skipped.length).toBe(VMS.length);
    expect(events.at(-1)).toMatchObject({
      '@level': 'warn',
      changes: { failed: failed.length, not_tried: skipped.length },
    });
    expect(outcome).toMatchObject({ summary: { failed: failed.length, not_tried: skipped.length } });
  });

  it('tells of a run that a guard refuses', async () => {
    world.write('waves/a.yaml', wave('a', VMS));
    await world.run('apply', '--auto-approve');
    world.write('waves/a.yaml', wave('a', VMS.slice(5)));
    const { code, events } = await apply(world, '--auto-approve');
    expect(code).toBe(3);
    expect(typesOf(events)).not.toContain('apply_start');
    expect(events.filter(({ type }) => type === 'blocked')).toHaveLength(5);
    expect(events.at(-1)).toMatchObject({ diagnostic: { severity: 'error', id: 'guard.max-deletes' } });
  });

  it('tells what is wrong with the manifests, and where', async () => {
    world.write('waves/a.yaml', wave('a', ['{ nmae: x }', '{ name: y, frequency: 99 }']));
    const { code, events } = await apply(world, '--auto-approve');
    expect(code).toBe(1);
    expect(events.length).toBeGreaterThan(3);
    expect(events[1]).toMatchObject({
      diagnostic: { severity: 'error', range: { filename: 'waves/a.yaml', start: { line: 7 } } },
    });
    expect(events.at(-1)).toMatchObject({ diagnostic: { id: 'MANIFESTS_INVALID' } });
  });

  it('tells of a saved plan, and what has moved under it', async () => {
    await world.run('plan', '--out', 'p.json');
    expect((await apply(world, 'p.json')).events.at(-1)).toMatchObject({ changes: { create: 3 } });
    const stale = await apply(world, 'p.json');
    expect(stale.code).toBe(4);
    expect(stale.events.filter(({ type }) => type === 'drift')).toHaveLength(3);
    expect(stale.events.at(-1)).toMatchObject({ diagnostic: { id: 'PLAN_STALE' } });
    expect(stale.outcome).toMatchObject({ drift: Array(3).fill({ what: 'job' }) });
  });

  it('tells of errors before there is a plan', async () => {
    for (const [argv, id] of [
      [['--wave', 'typo'], 'WAVE_UNKNOWN'],
      [['nowhere.json'], 'FILE_UNREADABLE'],
      [[], 'APPROVAL_NEEDED'],
    ] as const) {
      const { events } = await apply(world, ...argv);
      expect(events.at(-1)).toMatchObject({ '@level': 'error', diagnostic: { id } });
    }
  });

  it('tells of a target that another run has locked', async () => {
    let second: Streamed | undefined;
    world.answer = 'yes';
    world.onAsk = async () => {
      second = await apply(world, '--auto-approve');
    };
    // The first run holds its lock while it asks.
    expect(await world.run('apply')).toMatchObject({ code: 0 });
    expect(second?.code).toBe(5);
    expect(typesOf(second?.events ?? [])).toEqual(['version', 'diagnostic']);
    expect(second?.events.at(-1)).toMatchObject({ diagnostic: { id: 'LOCK_HELD' }, exit_code: 5 });
  });

  it('has nothing in it that a terminal or a log would obey', async () => {
    world.write('waves/a.yaml', wave('a', ['{ name: "x\\u001b[31m\\u202e\\nq" }']));
    const { stdout } = await apply(world, '--auto-approve');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it('goes to a file that can be written, or nothing is done', async () => {
    world.write('taken/.keep', '');
    // The last one opens, and has no room for a single line.
    for (const file of ['nowhere/stream.jsonl', 'taken', '/dev/full'].filter(canBeTried)) {
      const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--json-into', file);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('FILE_UNWRITABLE');
      expect(stderr).toContain(file);
      const both = await world.run('apply', '--auto-approve', '--json', '--json-into', file);
      expect(eventsOf(both.stdout).at(-1)).toMatchObject({ diagnostic: { id: 'FILE_UNWRITABLE' } });
    }
    expect(existsSync(join(world.folder, '.landfall'))).toBe(false);
  });

  it('is never written over the plan, nor over the report', async () => {
    await world.run('plan', '--out', 'p.json');
    const plan = world.read('p.json');
    for (const flags of [
      ['p.json', '--json-into', './p.json'],
      ['p.json', '--report', 'waves/../p.json'],
      ['--auto-approve', '--json-into', 'out.json', '--report', './out.json'],
    ]) {
      const { code, stderr } = await world.run('apply', ...flags);
      expect(code).toBe(1);
      expect(stderr).toMatch(/USAGE {2}--(?:report|json-into) and .* are the same file/);
    }
    expect(world.read('p.json')).toBe(plan);
    expect(existsSync(join(world.folder, 'out.json'))).toBe(false);
  });

  it('says that a report cannot be written, before anything is done', async () => {
    const run = await world.run('apply', '--auto-approve', '--json', '--report', 'nowhere/report.json');
    expect(run.code).toBe(1);
    expect(eventsOf(run.stdout).at(-1)).toMatchObject({ diagnostic: { id: 'FILE_UNWRITABLE' } });
    expect(existsSync(join(world.folder, '.landfall'))).toBe(false);
  });
});

describe('what an apply tells programs while it runs', () => {
  it('is in the file as it happens, with progress, and how an interrupted run ended', async () => {
    const relayed = await relayedWorld(2);
    const { world, relay } = relayed;
    try {
      Object.assign(process.env, CREDENTIALS);
      world.write('waves/a.yaml', wave('a', VMS));
      let creates = 0;
      let seen: readonly Event[] = [];
      let unfinished: Record<string, unknown> = {};
      relay.watch = {
        before({ operation }) {
          if (operation !== 'CreateReplicationJob') return true;
          creates += 1;
          if (creates !== 2) return true;
          world.now += 25_000;
          world.tick();
          seen = eventsOf(world.read('stream.jsonl'));
          unfinished = outcomeOf(world);
          world.interrupt();
          return true;
        },
      };
      const { code, events, outcome } = await apply(world, '--auto-approve');
      expect(code).toBe(6);
      expect(unfinished).toMatchObject({ results: [], error: { code: expect.any(String) as unknown } });
      const started = seen.filter(({ type }) => type === 'apply_start');
      expect(started).toHaveLength(2);
      const progress = seen.filter(({ type }) => type === 'apply_progress');
      expect(progress.length).toBeGreaterThan(0);
      expect(progress[0]).toMatchObject({
        '@message': expect.stringContaining('still creating after 25 s') as unknown,
        hook: { elapsed_seconds: 25 },
      });
      expect(events.slice(0, seen.length)).toEqual(seen);
      expect(outcome).toMatchObject({ interrupted: true });
      expect(events.at(-1)).toMatchObject({ type: 'change_summary', interrupted: true });
      const done = events.filter(({ type }) => type === 'apply_complete').length;
      const skipped = events.filter(({ type }) => type === 'apply_skipped').length;
      expect(done).toBeGreaterThanOrEqual(1);
      expect(done + skipped).toBe(VMS.length);
    } finally {
      await relayed.dispose();
    }
  });
});
