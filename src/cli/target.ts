import type { Desired, Target } from '../core/desired.ts';
import { type ExitCode, LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import { didYouMean, oneOf } from '../manifest/suggest.ts';
import type { Context } from './context.ts';
import type { Locks } from './locking.ts';
import { ofTarget, withAccounts } from './open-accounts.ts';

/** Flags of a command about one target. */
export interface TargetFlags {
  readonly target?: string;
  readonly format: 'text' | 'json';
}

/** A target that is open for calls. */
export interface OpenTarget {
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
        observe: async () => ofTarget(await accounts.observe({ phases: new Map() }), name),
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
