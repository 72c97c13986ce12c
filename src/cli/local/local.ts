import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { EXIT, LandfallError } from '../../core/error.ts';
import { displayInstant } from '../../core/time.ts';
import type { Faults } from '../../local/index.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { localClock, withLocalModule } from '../../workflow/local-endpoint.ts';
import { findProjectFile, localFolder } from '../../workflow/project-files.ts';
import { requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';
import { parseSpan } from '../flags.ts';

interface StartFlags extends FaultFlags {
  readonly port?: number;
  readonly speed?: number;
  readonly wireStyle: 'model' | 'console';
  readonly mgnInitialized?: boolean;
}

const localFolderOf = (context: Context) => localFolder(findProjectFile(context));

/** `landfall local start`: serves the project's folder until it is interrupted. */
export function localStart(context: Context, flags: StartFlags): Promise<number> {
  const { host, print, log } = context;
  return withLocalModule(async ({ startLocalEndpoint }) => {
    const { port, speed, wireStyle, mgnInitialized } = flags;
    const endpoint = await startLocalEndpoint({
      folder: localFolderOf(context),
      clock: localClock(host),
      wireStyle,
      ...(host.pid !== undefined && { pid: host.pid }),
      faults: readFaults(context, flags),
      ...(port !== undefined && { port }),
      ...(speed !== undefined && { speed }),
      ...(mgnInitialized === true && { mgn: { initialized: true } }),
    });
    print(`AWS SMS and AWS MGN at ${endpoint.url}\n`);
    log(
      'Point any AWS client at it, with any credentials. Ctrl-C stops it; its state stays in .landfall/.\n',
    );
    await new Promise<void>((stop) => {
      const stopListening = host.onInterrupt(() => {
        stopListening();
        stop();
      });
    });
    await endpoint.close();
    return EXIT.done;
  });
}

/** `landfall local load FILE`: takes the VMs of an RVTools vInfo export for its data centre. */
export function localLoad(
  context: Context,
  _flags: unknown,
  [file = '']: readonly string[],
): Promise<number> {
  return withLocalModule(async ({ loadInventory }) => {
    const bytes = await readFile(resolve(context.host.cwd, file)).catch((cause: unknown) => {
      throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, {
        remedy: 'give the path of a vInfo tab saved as CSV by RVTools',
      });
    });
    const { loaded, skipped } = await loadInventory(localFolderOf(context), bytes, localClock(context.host));
    for (const { line, reason } of skipped) {
      context.log(escapeTerminal(`${file}:${line}: left out: ${reason}`) + '\n');
    }
    context.print(`${loaded} VMs loaded, ${skipped.length} rows left out.\n`);
    return EXIT.done;
  });
}

/** `landfall local advance 12h`: moves the endpoint's clock. */
export function localAdvance(
  context: Context,
  _flags: unknown,
  [text = '']: readonly string[],
): Promise<number> {
  const span = parseSpan(text);
  if (span === undefined) {
    throw new LandfallError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      remedy: 'give one with its unit: 90s, 30m, 12h, 7d',
    });
  }
  return withLocalModule(async (local) => {
    const { now } = await local.advanceTime(localFolderOf(context), span, localClock(context.host));
    context.print(`The built-in endpoint's clock now says ${displayInstant(now)}.\n`);
    return EXIT.done;
  });
}

/** `landfall local reset`: drops the endpoint's state. */
export async function localReset(
  context: Context,
  { autoApprove }: { readonly autoApprove?: boolean },
): Promise<number> {
  const folder = localFolderOf(context);
  const question = 'Drop the jobs, the inventory and the clock of the built-in endpoint?';
  if (!(await requestApproval(context, autoApprove, question))) return EXIT.error;
  return withLocalModule(async (local) => {
    await local.resetState(folder, localClock(context.host));
    context.print('The built-in endpoint is as new.\n');
    return EXIT.done;
  });
}

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
