import { EXIT, LandfallError } from '../../core/error.ts';
import { displayInstant } from '../../core/time.ts';
import type { Faults } from '../../local/index.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { pluralize } from '../../report/text/words.ts';
import { readExport, shownPath } from '../../workflow/files.ts';
import {
  type FaultFile,
  localClock,
  openServedFolder,
  readFaultFile,
  requireStateFolder,
  withLocalModule,
} from '../../workflow/local-endpoint.ts';
import { requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';
import { parseSpan } from '../flags.ts';

interface StateFlags {
  readonly state?: string;
}

interface StartFlags extends StateFlags, FaultFlags {
  readonly port?: number;
  readonly speed?: number;
  readonly wireStyle: 'model' | 'console';
  readonly mgnInitialized?: boolean;
}

/** Runs `landfall local start`: serves the endpoint until it is interrupted. */
export async function localStart(context: Context, flags: StartFlags): Promise<number> {
  const { host, print, log } = context;
  const { faults, placeOf } = collectFaults(context, flags);
  using served = openServedFolder(context, flags.state);
  const { folder, isTemporary } = served;
  return await withLocalModule(async ({ startLocalEndpoint }) => {
    const { port, speed, wireStyle, mgnInitialized } = flags;
    const endpoint = await startLocalEndpoint({
      folder,
      clock: localClock(host),
      wireStyle,
      ...(host.pid !== undefined && { pid: host.pid }),
      faults,
      ...(port !== undefined && { port }),
      ...(speed !== undefined && { speed }),
      ...(mgnInitialized === true && { mgn: { initialized: true } }),
    });
    print(`AWS SMS and AWS MGN at ${endpoint.url}\n`);
    const shown = isTemporary ? folder : shownPath(context, folder);
    log(
      escapeTerminal(
        isTemporary
          ? `Its state is temporary. Other landfall commands use it with --state ${shown}`
          : `Its state is in ${shown}`,
      ) + '\nAny AWS client can use this address, with any credentials. Press Ctrl-C to stop.\n',
    );
    await new Promise<void>((stop) => {
      const stopListening = host.onInterrupt(() => {
        stopListening();
        stop();
      });
    });
    await endpoint.close();
    return EXIT.done;
  }, placeOf);
}

/** Runs `landfall local load FILE`: replaces the VMs of the endpoint by those of an RVTools vInfo export. */
export function localLoad(
  context: Context,
  flags: StateFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const folder = requireStateFolder(context, flags.state);
  return withLocalModule(async ({ loadInventory }) => {
    const bytes = await readExport(context, file, 'give the path of a vInfo tab saved as CSV by RVTools');
    const { loaded, skipped } = await loadInventory(folder, bytes, localClock(context.host));
    for (const { line, reason } of skipped) {
      context.log(escapeTerminal(`${file}:${line}: left out: ${reason}`) + '\n');
    }
    context.print(`${pluralize(loaded, 'VM')} loaded, ${pluralize(skipped.length, 'row')} left out.\n`);
    return EXIT.done;
  });
}

/** Runs `landfall local advance SPAN`: advances the clock of the endpoint. */
export function localAdvance(
  context: Context,
  flags: StateFlags,
  [text = '']: readonly string[],
): Promise<number> {
  const span = parseSpan(text);
  if (span === undefined) {
    throw new LandfallError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      remedy: 'give one with its unit: 90s, 30m, 12h, 7d',
    });
  }
  const folder = requireStateFolder(context, flags.state);
  return withLocalModule(async ({ advanceTime }) => {
    const { now } = await advanceTime(folder, span, localClock(context.host));
    context.print(`The built-in endpoint's clock now says ${displayInstant(now)}.\n`);
    return EXIT.done;
  });
}

/** Runs `landfall local reset`: deletes the state of the endpoint. */
export async function localReset(
  context: Context,
  flags: StateFlags & { readonly autoApprove?: boolean },
): Promise<number> {
  const folder = requireStateFolder(context, flags.state);
  const question = 'Delete the jobs, the inventory and the clock of the built-in endpoint?';
  if (!(await requestApproval(context, flags.autoApprove, question))) return EXIT.error;
  return withLocalModule(async ({ resetState }) => {
    await resetState(folder, localClock(context.host));
    context.print('The built-in endpoint is reset.\n');
    return EXIT.done;
  });
}

/** Runs `landfall local fault set FILE`: replaces the faults of the running endpoint. */
export function localFaultSet(
  context: Context,
  flags: StateFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const { faults, placeOf } = readFaultFile(context.host, file);
  const count = Object.keys(faults).length;
  return replaceFaults(context, flags, { faults, placeOf }, `${pluralize(count, 'fault')} set.`);
}

/** Runs `landfall local fault clear`: removes all faults of the running endpoint. */
export function localFaultClear(context: Context, flags: StateFlags): Promise<number> {
  return replaceFaults(context, flags, { faults: {}, placeOf: () => undefined }, 'All faults cleared.');
}

function replaceFaults(
  context: Context,
  { state }: StateFlags,
  { faults, placeOf }: FaultFile,
  done: string,
): Promise<number> {
  const folder = requireStateFolder(context, state);
  return withLocalModule(async ({ setFaults }) => {
    await setFaults(folder, faults);
    context.print(`${done}\n`);
    return EXIT.done;
  }, placeOf);
}

/** Flags of `local start` that set faults. Each replaces the same field of the file that `--faults` names. */
interface FaultFlags {
  readonly faults?: string;
  readonly seed?: number;
  readonly latency?: number;
  readonly throttling?: number;
  readonly internalErrors?: number;
  readonly lostReplies?: number;
  readonly cutReplies?: number;
  readonly unhealthyConnector?: readonly string[];
}

/** Combines the faults of the file with those of the flags. */
function collectFaults(context: Context, flags: FaultFlags): FaultFile {
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
  const fromFlags: Faults = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  if (faults === undefined) return { faults: fromFlags, placeOf: () => undefined };
  const file = readFaultFile(context.host, faults);
  return {
    faults: Object.keys(fromFlags).length === 0 ? file.faults : { ...file.faults, ...fromFlags },
    placeOf: (path) => ((path[0] ?? '') in fromFlags ? undefined : file.placeOf(path)),
  };
}
