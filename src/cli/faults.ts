import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { LandfallError } from '../core/error.ts';
import type { Faults } from '../local/index.ts';
import type { Context } from './context.ts';

/** Flags of `local start` that make the endpoint go wrong; they lie over what `--faults` says. */
export interface FaultFlags {
  readonly faults?: string;
  readonly seed?: number;
  readonly latency?: number;
  readonly throttling?: number;
  readonly internalErrors?: number;
  readonly lostReplies?: number;
  readonly cutReplies?: number;
  readonly unhealthyConnector?: readonly string[];
}

/**
 * What is to go wrong, from a file (YAML or JSON) and from flags. The endpoint checks its form.
 * @throws LandfallError FILE_UNREADABLE
 */
export function readFaults(context: Context, flags: FaultFlags): Faults {
  const { faults, unhealthyConnector, seed, latency, throttling, internalErrors, lostReplies, cutReplies } =
    flags;
  const given = {
    seed,
    latency,
    throttling,
    internalErrors,
    lostReplies,
    cutReplies,
    unhealthyConnectors: unhealthyConnector,
  };
  const fromFlags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const fromFile = faults === undefined ? {} : readFaultFile(context, faults);
  return { ...(fromFile as Faults), ...fromFlags };
}

function readFaultFile({ host }: Context, file: string): unknown {
  try {
    return parse(readFileSync(resolve(host.cwd, file), 'utf8')) ?? {};
  } catch (cause) {
    const [reason = ''] = (cause as Error).message.split('\n');
    throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${reason}`, {
      remedy: 'give a YAML or JSON file with the faults, as src/local/SPEC.md describes them',
    });
  }
}
