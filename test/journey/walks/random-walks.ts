import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Phase, PHASES } from '../../../src/core/desired.ts';
import { PROJECT, SETTINGS } from '../../plan/plan-input.ts';
import { type AccountModel, type Loss, type Start, STARTS } from './account.ts';
import { MgnAccount } from './mgn-account.ts';
import { SmsAccount } from './sms-account.ts';
import {
  applyPlan,
  type Flags,
  type Git,
  isAboveGuard,
  objection,
  planOf,
  type Service,
  type WaveFile,
  type WaveName,
  WAVES,
} from './walk.ts';

const MGN: Service = {
  name: 'MGN',
  settings: { app: 'intranet' },
  phases: PHASES,
  begin: (names, prune) => new MgnAccount(names, prune),
};
const SMS: Service = {
  name: 'SMS',
  settings: SETTINGS,
  phases: ['replicate', 'cutover', 'finalize'],
  begin: (names) => new SmsAccount(names),
};

const NAMES = ['a', 'b', 'c'] as const;

/** Something that changes in git or in the account. */
interface Move {
  readonly what: 'phase' | 'move' | 'remove' | 'file' | 'wave' | 'happens';
  readonly vm: (typeof NAMES)[number];
  readonly wave: WaveName;
  /** Which phase, which happening. */
  readonly which: number;
}
/** Some moves, then an apply with some flags, then time passes. */
interface Turn {
  readonly moves: readonly Move[];
  /** A bit for each confirmation of each wave. */
  readonly confirmed: number;
  readonly force: boolean;
  readonly passes: boolean;
}
const move: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom<Move['what'][]>(
    ...(['phase', 'phase', 'phase', 'phase', 'happens', 'happens', 'happens', 'happens'] as const),
    ...(['move', 'move', 'remove', 'file', 'wave'] as const),
  ),
  vm: fc.constantFrom(...NAMES),
  wave: fc.constantFrom(...WAVES),
  which: fc.nat(59),
});
const turn: fc.Arbitrary<Turn> = fc.record({
  moves: fc.array(move, { maxLength: 3 }),
  confirmed: fc.oneof(fc.constantFrom(0, 0xfff), fc.nat(0xfff)),
  force: fc.boolean(),
  passes: fc.constantFrom(true, true, true, false),
});

interface Walk {
  readonly prune: 'release' | 'disconnect';
  readonly files: readonly { readonly phase: number; readonly adopt: boolean; readonly protect: boolean }[];
  readonly vms: readonly {
    readonly home: WaveName;
    readonly start: Start;
    readonly owner: 'ours' | 'nobody';
  }[];
  readonly turns: readonly Turn[];
}
const walk: fc.Arbitrary<Walk> = fc.record({
  prune: fc.constantFrom('release' as const, 'disconnect' as const),
  files: fc.array(
    fc.record({ phase: fc.nat(6), adopt: fc.boolean(), protect: fc.constantFrom(false, false, false, true) }),
    { minLength: 2, maxLength: 3 },
  ),
  vms: fc.array(
    fc.record({
      home: fc.constantFrom(...WAVES),
      start: fc.constantFrom(...STARTS),
      owner: fc.constantFrom('ours' as const, 'ours' as const, 'ours' as const, 'nobody' as const),
    }),
    { minLength: NAMES.length, maxLength: NAMES.length },
  ),
  turns: fc.array(turn, { minLength: 3, maxLength: 7 }),
});

function flagsOf(bits: number, force: boolean): Flags {
  const waves = (shift: number) => WAVES.filter((_, index) => ((bits >> (shift + index)) & 1) === 1);
  return { finalize: waves(0), revert: waves(3), cutover: waves(6), disconnect: waves(9), force };
}

const FILE: WaveFile = { adopt: false, protect: false, skipTest: false };

function phaseOf({ phases }: Service, which: number): Phase | undefined {
  return [...phases, undefined][which % (phases.length + 1)];
}

function change(service: Service, git: Git, account: AccountModel, { what, vm, wave, which }: Move): void {
  const file = git.waves.get(wave);
  switch (what) {
    case 'phase':
      git.waves.set(wave, { ...(file ?? FILE), phase: phaseOf(service, which) });
      return;
    case 'move':
      git.homes.set(vm, wave);
      return;
    case 'remove':
      git.homes.delete(vm);
      return;
    case 'file':
      git.waves.delete(wave);
      return;
    case 'wave':
      if (file === undefined) return;
      git.waves.set(wave, {
        phase: file.phase,
        adopt: which % 2 === 0,
        protect: which % 3 === 0,
        skipTest: which % 5 === 0,
      });
      return;
    case 'happens': {
      const { happenings } = account;
      account.happen(happenings[which % happenings.length] ?? '', vm);
      return;
    }
  }
}

/** What happens in so many walks: losses that were asked for, and concerns that have blocked the others. */
const EXPECTED: Readonly<Record<Service['name'], string[]>> = {
  MGN: [
    ...(['replication', 'test instance', 'cut-over instance', 'test', 'cut-over', 'server'] satisfies Loss[]),
    ...['phase.unconfirmed', 'phase.revert-unconfirmed', 'phase.reverted', 'phase.below'],
    ...['delete.disconnect-unconfirmed', 'protect.refused', 'guard.max-destroys'],
  ],
  SMS: [
    ...['replication', 'phase.unconfirmed', 'phase.below'],
    ...['delete.disconnect-unconfirmed', 'protect.refused'],
  ],
};

/** Declares the tests of so many random walks on each service. */
export function describeWalks(numRuns: number): void {
  describe.each([MGN, SMS])('any walk of a project on $name', (service) => {
    it('ends no instance and stops no replication that git and a confirmation by name do not ask for', () => {
      const seen = new Set<string>();
      const count = (what: string) => void seen.add(what);
      fc.assert(
        fc.property(walk, ({ prune: wanted, files, vms, turns }) => {
          const prune = service.name === 'MGN' ? wanted : undefined;
          const account = service.begin(NAMES, wanted);
          const git: Git = { waves: new Map(), homes: new Map() };
          files.forEach(({ phase, ...file }, index) =>
            git.waves.set(WAVES[index] ?? 'w1', { ...FILE, ...file, phase: phaseOf(service, phase) }),
          );
          vms.forEach(({ home, start, owner }, index) => {
            const name = NAMES[index] ?? 'a';
            git.homes.set(name, home);
            const ours = owner === 'ours' ? { project: PROJECT, wave: home } : undefined;
            account.start(name, start, ours, service.settings);
          });
          for (const now of turns) {
            for (const one of now.moves) change(service, git, account, one);
            const flags = flagsOf(now.confirmed, now.force);
            const plan = planOf(service, git, account, prune, flags);
            const done = applyPlan(plan, account);
            for (const one of done) {
              const why = objection(git, prune, flags, one);
              if (why !== undefined)
                throw new Error(
                  `${one.vm} has lost its ${one.losses.join(', ')} by ${one.change.step ?? one.change.action}: ${why}`,
                );
              one.losses.forEach(count);
            }
            for (const { blockedBy } of plan.changes) blockedBy.forEach(count);
            const managed = plan.targets[0]?.jobs.managed ?? 0;
            if (isAboveGuard(git, flags, done, managed)) throw new Error('more than guards.maxDestroys');
            if (now.passes) account.pass();
          }
        }),
        { numRuns },
      );
      // What walks can lose has been lost, and every confirmation was missing, in some of them.
      expect([...seen]).toEqual(expect.arrayContaining(EXPECTED[service.name]));
    });
  });
}
