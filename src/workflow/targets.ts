import type { Context } from '../cli/context.ts';
import type { Desired, ProviderName, Target } from '../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import type { ServiceCommand } from '../core/service.ts';
import { didYouMean, oneOf } from '../manifest/wording.ts';
import { serviceOf } from '../providers/registry.ts';
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
  readonly provider: ProviderName;
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
      const { name, provider } = choose(desired);
      return use({
        name,
        provider,
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

/**
 * What a target's service does beside plans.
 * @throws LandfallError NOT_SUPPORTED where it does not
 */
export function requireOperations(
  operations: Operations | undefined,
  target: Pick<Target, 'name' | 'provider'>,
  command: ServiceCommand,
): Operations {
  if (operations !== undefined) return operations;
  const { title, unsupportedCommands } = serviceOf(target.provider);
  const { why = `AWS ${title} does not support it`, remedy } = unsupportedCommands[command] ?? {};
  throw new LandfallError(
    'NOT_SUPPORTED',
    `\`landfall ${command}\` is not supported on target ${target.name}: ${why}`,
    remedy === undefined ? {} : { remedy },
  );
}
