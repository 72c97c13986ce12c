// A project whose git and account change at random, and what must hold of each apply: an instance ends and a replication
// stops only where a line of git and a confirmation ask for that one by name.
import {
  type Desired,
  type DesiredVm,
  isEarlierPhase,
  type Phase,
  type Target,
} from '../../../src/core/desired.ts';
import { type ExecutableChange, isExecutable, type Plan } from '../../../src/core/plan.ts';
import { planProject } from '../../../src/plan/index.ts';
import type { PlanInput } from '../../../src/plan/input.ts';
import { PROJECT, target, vm, wave } from '../../plan/plan-input.ts';
import type { AccountModel, Loss, Standing } from './account.ts';

export const WAVES = ['w1', 'w2', 'w3'] as const;
export type WaveName = (typeof WAVES)[number];

export interface WaveFile {
  readonly phase?: Phase | undefined;
  readonly adopt: boolean;
  readonly protect: boolean;
  readonly skipTest: boolean;
}

/** What git says. */
export interface Git {
  /** The waves that have a file. */
  readonly waves: Map<WaveName, WaveFile>;
  /** The wave of each VM; absent: no manifest has it. */
  readonly homes: Map<string, WaveName>;
}

/** The flags of an apply: each confirmation with the waves that it names. */
export interface Flags {
  readonly finalize: readonly string[];
  readonly revert: readonly string[];
  readonly cutover: readonly string[];
  readonly disconnect: readonly string[];
  readonly force: boolean;
}
export const NO_FLAGS: Flags = { finalize: [], revert: [], cutover: [], disconnect: [], force: false };

export interface Service {
  readonly name: 'SMS' | 'MGN';
  readonly settings: DesiredVm['settings'];
  readonly phases: readonly Phase[];
  readonly begin: (names: readonly string[], prune: 'release' | 'disconnect') => AccountModel;
}

export function planOf(
  { settings }: Service,
  { waves, homes }: Git,
  account: AccountModel,
  prune: Target['prune'],
  flags: Flags,
): Plan {
  const vms = [...homes].flatMap(([name, home]): DesiredVm[] => {
    const file = waves.get(home);
    if (file === undefined) return [];
    const { adopt, protect, skipTest } = file;
    return [vm(name, { wave: home, settings, adopt, protect, ...(skipTest && { advance: { skipTest } }) })];
  });
  const desired: Desired = {
    project: PROJECT,
    defaultTarget: 'production',
    targets: [{ ...target(), ...(prune !== undefined && { prune }) }],
    waves: [...waves].map(([name, { phase, adopt, protect }]) => ({
      ...{ ...wave(name), adopt, protect },
      ...(phase !== undefined && { phase }),
    })),
    vms,
  };
  const named = (of: readonly string[]) => (name: string) => of.includes(name);
  const input: PlanInput = {
    ...{ desired, concerns: [] },
    observed: new Map([['production', account.observed()]]),
    traits: new Map([['production', account.traits]]),
    allowEmpty: true,
    force: flags.force ? ['deletes', 'updates', 'destroys'] : ['deletes', 'updates'],
    confirm: {
      finalize: named(flags.finalize),
      revert: named(flags.revert),
      cutover: named(flags.cutover),
      disconnect: named(flags.disconnect),
      change: () => true,
    },
  };
  return planProject(input);
}

/** One VM's change, carried out. */
export interface Done {
  readonly vm: string;
  readonly change: ExecutableChange;
  readonly before: Standing;
  readonly losses: readonly Loss[];
}

/** Carries out a plan as apply does: deletes, then updates, then the rest. */
export function applyPlan({ changes }: Plan, account: AccountModel): readonly Done[] {
  const order = (one: ExecutableChange) => (one.action === 'delete' ? 0 : one.action === 'update' ? 1 : 2);
  return changes
    .filter(isExecutable)
    .toSorted((a, b) => order(a) - order(b))
    .map((change) => {
      const name = change.serverId.slice('s-'.length);
      const before = account.standing(name);
      return { vm: name, change, before, losses: account.apply(change) };
    });
}

/** Why a VM must not have lost something; undefined: git and a flag asked for it. */
export function objection(
  { waves, homes }: Git,
  prune: Target['prune'],
  flags: Flags,
  { vm: name, change, before, losses }: Done,
): string | undefined {
  const home = homes.get(name);
  const file = home === undefined ? undefined : waves.get(home);
  const of = before.owner?.slice(PROJECT.length + 1);
  // Without a manifest, only the project's own job may be deleted.
  if (home === undefined || file === undefined) {
    if (losses.length === 0) return undefined;
    if (change.action !== 'delete') return 'a VM of no manifest takes a step';
    if (before.owner !== `${PROJECT}/${of ?? ''}`) return 'its job is not the project’s';
    const ownFile = WAVES.find((one) => one === of);
    if (ownFile !== undefined && waves.get(ownFile)?.protect === true) return 'its wave is protected';
    // On MGN a replication ends for good; on SMS a job is deleted, and asks by name once its AMI is the cut-over.
    const asks = prune === 'disconnect' || before.isCutOver;
    return asks && !flags.disconnect.includes(of ?? '')
      ? 'no --confirm-disconnect names its wave'
      : undefined;
  }
  const { phase, protect } = file;
  const isRelaunch = before.isReverted && change.step === 'StartCutover';
  if (isRelaunch && !flags.cutover.includes(home)) return 'no --confirm-cutover names its wave';
  if (losses.length === 0) return undefined;
  if (protect) return 'it is protected';
  if (change.action !== 'advance') return `${change.action} is no step`;
  // The marker of a finalized VM stays as it is.
  const isOurs = before.isFinalized && of !== undefined && before.owner === `${PROJECT}/${of}`;
  if (!isOurs && before.owner !== `${PROJECT}/${home}`) return 'it is not of its wave yet';
  if (phase === undefined) return 'its wave names no phase';
  if (before.isFinalized && losses.some((loss) => loss !== 'server')) return 'it is finalized';
  for (const loss of losses) {
    const why = objectionTo(loss, phase, before, change);
    if (why !== undefined) return why;
    // To launch a cut-over again that was taken back, its own flag asks for the end of the earlier instance too.
    const isReplaced = loss === 'cut-over instance' && before.isReverted && !isEarlierPhase(phase, 'cutover');
    if (isReplaced && flags.cutover.includes(home)) continue;
    const flag = loss === 'replication' || loss === 'server' ? 'finalize' : 'revert';
    if (!flags[flag].includes(home)) return `no --confirm-${flag} names its wave`;
  }
  return undefined;
}

/** Why no line of git asks for a loss. */
function objectionTo(
  loss: Loss,
  phase: Phase,
  { isTested, isCutOver, isCutoverDone, isKept }: Standing,
  { step }: ExecutableChange,
): string | undefined {
  const isBefore = (other: Phase) => isEarlierPhase(phase, other);
  switch (loss) {
    case 'replication':
      if (isBefore('finalize')) return `phase ${phase} finalizes nothing`;
      return isCutoverDone ? undefined : 'its cut-over is not done';
    case 'server':
      return phase === 'archive' ? undefined : `phase ${phase} archives nothing`;
    case 'cut-over':
      return isBefore('cutover') ? undefined : `phase ${phase} keeps the cut-over`;
    case 'test':
      return isBefore('test') ? undefined : `phase ${phase} does not end a test without its passing`;
    case 'test instance':
      return phase === 'test' && isTested && step !== 'StartTest'
        ? 'phase test keeps its instance'
        : undefined;
    case 'cut-over instance':
      if (isCutOver && isCutoverDone) return 'the instance of a cut-over that counts ends';
      return phase === 'ready' && isKept ? 'phase ready keeps the instance of a cut-over' : undefined;
  }
}

/** How many VMs one apply may take a cut-over or its instance from, without a flag. */
export function isAboveGuard(git: Git, flags: Flags, done: readonly Done[], managed: number): boolean {
  if (flags.force) return false;
  const hit = done.filter(({ losses }) =>
    losses.some((loss) => loss === 'cut-over' || loss === 'test' || loss === 'cut-over instance'),
  );
  const vms = [...git.homes.values()].filter((home) => git.waves.has(home)).length;
  return hit.length > Math.max(1, Math.max(managed, vms) * 0.5);
}
