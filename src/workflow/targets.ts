import type { Context } from '../cli/context.ts';
import type { Desired, Target } from '../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import { didYouMean, oneOf } from '../manifest/wording.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import type { Locks } from './locking/locks.ts';
import { readManifests } from './plan/planning.ts';

/** Flags of a command about one target. */
export interface TargetFlags {
  readonly target?: string;
  readonly format: 'text' | 'json';
}

/** A target that is open for calls. */
interface OpenTarget {
  readonly name: string;
  readonly project: string;
  /** Absent: the service has none of them. */
  readonly operations: Operations | undefined;
  readonly observe: () => Promise<Observed>;
}

/**
 * Opens the target that `--target` names, or the project's default one, for as long as `use` takes.
 * @throws LandfallError TARGET_UNKNOWN
 */
export function withTarget(
  context: Context,
  flags: TargetFlags,
  use: (target: OpenTarget) => Promise<ExitCode>,
  locks?: Locks,
): Promise<ExitCode> {
  const choose = (desired: Desired): Target =>
    findTarget(desired.targets, flags.target ?? desired.defaultTarget);
  return withAccounts(
    context,
    (desired) => [choose(desired)],
    (desired, accounts) => {
      const { name } = choose(desired);
      return use({
        name,
        project: desired.project,
        operations: accounts.operations.get(name),
        observe: async () => getOfTarget(await accounts.observe({ phases: new Map() }), name),
      });
    },
    locks,
  );
}

/** @throws LandfallError TARGET_UNKNOWN */
export function findTarget(targets: readonly Target[], name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  const names = targets.map((candidate) => candidate.name);
  throw new LandfallError('TARGET_UNKNOWN', `no target is named ${JSON.stringify(name)}`, {
    remedy: didYouMean(name, names, `give ${oneOf('target', names)}`),
  });
}

/**
 * Reads the manifests and opens the accounts of some of their targets for as long as `use` takes. Manifests that
 * cannot be read have been explained on stderr when it returns. With `locks`, all of it under the locks of the targets.
 */
export async function withAccounts(
  context: Context,
  choose: (desired: Desired) => readonly Target[],
  use: (desired: Desired, accounts: Accounts) => Promise<ExitCode>,
  locks?: Locks,
): Promise<ExitCode> {
  const manifests = readManifests(context);
  if (manifests === undefined) return EXIT.error;
  const { desired, projectFile } = manifests;
  const { project } = desired;
  const targets = choose(desired);
  const work = async (): Promise<ExitCode> => {
    const accounts = await openAccounts(context, project, projectFile, targets);
    try {
      return await use(desired, accounts);
    } finally {
      await accounts.close();
    }
  };
  return locks === undefined ? work() : locks.hold({ project, projectFile, targets }, work);
}

/** What a map by target names has for one that is open. */
export function getOfTarget<T>(map: ReadonlyMap<string, T>, target: string): T {
  const value = map.get(target);
  if (value !== undefined) return value;
  throw new LandfallError('INTERNAL', `target ${target} is not open`, { source: 'landfall' });
}

/** Commands that are about AWS SMS alone. */
type SmsCommand = 'run' | 'runs' | 'catalog import' | 'catalog delete' | 'connectors disassociate';

/** What AWS MGN has in place of what a command asks of AWS SMS. */
const MGN_ALTERNATIVES: Readonly<Record<SmsCommand, { readonly why: string; readonly remedy: string }>> = {
  run: {
    why: 'AWS MGN replicates all the time: there are no runs to start',
    remedy:
      '`landfall status` shows how far replication is; `phase: cutover` of a wave launches what there is',
  },
  runs: {
    why: 'AWS MGN replicates all the time: there are no runs to show',
    remedy: '`landfall status` shows how far replication is',
  },
  'catalog import': {
    why: 'AWS MGN has no catalogue to import: its vCenter client finds VMs by itself',
    remedy: '`landfall catalog list` shows those that it has found',
  },
  'catalog delete': {
    why: 'AWS MGN has no catalogue to delete: source servers are what there is',
    remedy: 'delete those that are not to migrate in the console of AWS MGN',
  },
  'connectors disassociate': {
    why: 'AWS MGN has vCenter clients in place of connectors, and replication ends with them',
    remedy: 'take a client away with `aws mgn delete-vcenter-client`, once nothing replicates through it',
  },
};

/**
 * What a target's service does beside plans.
 * @throws LandfallError NOT_SUPPORTED where it does not
 */
export function requireOperations(
  operations: Operations | undefined,
  target: string,
  asked: SmsCommand,
): Operations {
  if (operations !== undefined) return operations;
  const { why, remedy } = MGN_ALTERNATIVES[asked];
  throw new LandfallError(
    'NOT_SUPPORTED',
    `\`landfall ${asked}\` has nothing to do on target ${target}: ${why}`,
    { remedy },
  );
}
