import { EXIT, LandfallError } from '../../core/error.ts';
import { displayInstant } from '../../core/time.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { encodingNote } from '../../report/inventory/import.ts';
import { pluralize } from '../../report/text/words.ts';
import { shownPath } from '../../workflow/files.ts';
import {
  advanceClock,
  loadAgents,
  loadInventory,
  type LoadOptions,
  resetEndpoint,
  serveEndpoint,
  type ServeOptions,
  setFaults,
} from '../../workflow/local/commands.ts';
import { requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';
import { parseSpan } from '../flags.ts';

interface StateFlags {
  readonly state?: string;
}

/** Runs `landfall local start`: serves the endpoint until it is interrupted. */
export async function localStart(context: Context, flags: ServeOptions): Promise<number> {
  await using endpoint = await serveEndpoint(context, flags);
  const { url, folder, isInMemory } = endpoint;
  context.print(`AWS SMS and AWS MGN at ${url}\n`);
  if (flags.host === '0.0.0.0') context.log(networkWarning(flags.allowHost));
  const where = isInMemory
    ? `Its state is kept in memory. Other landfall commands use it with --state ${folder}`
    : `Its state is in ${shownPath(context, folder)}`;
  context.log(
    `${escapeTerminal(where)}\nAny AWS client can use this address, with any credentials. Press Ctrl-C to stop.\n`,
  );
  await new Promise<void>((stop) => {
    const stopListening = context.host.onInterrupt(() => {
      stopListening();
      stop();
    });
  });
  return EXIT.done;
}

/** Warns that other machines reach the endpoint. */
function networkWarning(allowed: readonly string[] = []): string {
  const names = ['localhost', '127.0.0.1', ...allowed].map((name) => escapeTerminal(name)).join(', ');
  const none =
    allowed.length > 0 ? '' : '. Requests to any other name are refused: add one with --allow-host NAME';
  return `Warning: this endpoint is open to every machine that can connect to this one. It accepts any credentials, and each
client can read and change its state. Use --host 0.0.0.0 only in a container or on a network of tests.
It answers requests to these host names: ${names}${none}.
`;
}

/**
 * Runs `landfall local load FILE`: replaces the VMs of the endpoint by those of an RVTools vInfo export; with `--agent`,
 * installs the agents of a list of servers.
 */
export async function localLoad(
  context: Context,
  { agent = false, ...flags }: LoadOptions & { readonly agent?: boolean; readonly region?: string },
  [file = '']: readonly string[],
): Promise<number> {
  if (flags.region !== undefined && !agent) {
    throw new LandfallError('USAGE', '--region is for --agent only: all regions have the same VMs', {
      remedy: 'leave --region out',
    });
  }
  const { skipped, ...result } = agent
    ? await loadAgents(context, flags, file)
    : await loadInventory(context, flags, file);
  const encoding = encodingNote(result);
  for (const note of [...(encoding === undefined ? [] : [encoding]), ...result.notes])
    context.log(escapeTerminal(`${file}: ${note}`) + '\n');
  for (const { line, reason } of skipped) {
    context.log(escapeTerminal(`${file}:${line}: left out: ${reason}`) + '\n');
  }
  const said =
    'loaded' in result
      ? `${pluralize(result.loaded, 'VM')} loaded`
      : `${pluralize(result.installed, 'agent')} installed, ${result.awaited} to be installed later, ${result.never} never`;
  context.print(`${said}, ${pluralize(skipped.length, 'row')} left out.\n`);
  return EXIT.done;
}

/** Runs `landfall local advance SPAN`: advances the clock of the endpoint. */
export async function localAdvance(
  context: Context,
  flags: StateFlags,
  [text = '']: readonly string[],
): Promise<number> {
  const span = parseSpan(text);
  if (span === undefined) {
    throw new LandfallError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      remedy: 'give one number with its unit: 90s, 30m, 12h, 7d',
    });
  }
  const now = await advanceClock(context, flags, span);
  context.print(`The built-in endpoint's clock is now at ${displayInstant(now)}.\n`);
  return EXIT.done;
}

/** Runs `landfall local reset`: deletes the state of the endpoint. */
export async function localReset(
  context: Context,
  { autoApprove, ...flags }: StateFlags & { readonly autoApprove?: boolean },
): Promise<number> {
  const question = 'Delete the jobs, the inventory and the clock of the built-in endpoint?';
  const approve = (): Promise<boolean> => requestApproval(context, autoApprove, question);
  if (!(await resetEndpoint(context, { ...flags, approve }))) return EXIT.error;
  context.print('The built-in endpoint is reset.\n');
  return EXIT.done;
}

/** Runs `landfall local fault set FILE`: replaces the faults of the running endpoint. */
export async function localFaultSet(
  context: Context,
  flags: StateFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const count = await setFaults(context, flags, file);
  context.print(`${pluralize(count, 'fault')} set.\n`);
  return EXIT.done;
}

/** Runs `landfall local fault clear`: removes all faults of the running endpoint. */
export async function localFaultClear(context: Context, flags: StateFlags): Promise<number> {
  await setFaults(context, flags);
  context.print('All faults cleared.\n');
  return EXIT.done;
}
