import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT, LandfallError } from '../../core/error.ts';
import { spellInstant } from '../../core/instant.ts';
import type { Context } from '../context.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { type FaultFlags, readFaults } from '../faults.ts';
import { approved } from '../approval.ts';
import { parseSpan } from '../flags.ts';
import { localClock, withLocal } from '../local-endpoint.ts';
import { findProjectFile } from '../project.ts';
import { localFolder } from '../state-folder.ts';

interface StartFlags extends FaultFlags {
  readonly port?: number;
  readonly speed?: number;
  readonly wireStyle: 'model' | 'console';
  readonly mgnInitialized?: boolean;
}

const folderOf = (context: Context) => localFolder(findProjectFile(context));

/** `landfall local start`: serves the project's folder until it is interrupted. */
export function start(context: Context, flags: StartFlags): Promise<number> {
  const { host, print, log } = context;
  return withLocal(async ({ startLocalEndpoint }) => {
    const { port, speed, wireStyle, mgnInitialized } = flags;
    const endpoint = await startLocalEndpoint({
      folder: folderOf(context),
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
export function load(context: Context, _flags: unknown, [file = '']: readonly string[]): Promise<number> {
  return withLocal(async ({ loadInventory }) => {
    const bytes = await readFile(resolve(context.host.cwd, file)).catch((cause: unknown) => {
      throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, {
        remedy: 'give the path of a vInfo tab saved as CSV by RVTools',
      });
    });
    const { loaded, skipped } = await loadInventory(folderOf(context), bytes, localClock(context.host));
    for (const { line, reason } of skipped) {
      context.log(escapeTerminal(`${file}:${line}: left out: ${reason}`) + '\n');
    }
    context.print(`${loaded} VMs loaded, ${skipped.length} rows left out.\n`);
    return EXIT.done;
  });
}

/** `landfall local advance 12h`: moves the endpoint's clock. */
export function advance(context: Context, _flags: unknown, [text = '']: readonly string[]): Promise<number> {
  const span = parseSpan(text);
  if (span === undefined) {
    throw new LandfallError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      remedy: 'give one with its unit: 90s, 30m, 12h, 7d',
    });
  }
  return withLocal(async (local) => {
    const { now } = await local.advance(folderOf(context), span, localClock(context.host));
    context.print(`The built-in endpoint's clock now says ${spellInstant(now)}.\n`);
    return EXIT.done;
  });
}

/** `landfall local reset`: drops the endpoint's state. */
export async function reset(
  context: Context,
  { autoApprove }: { readonly autoApprove?: boolean },
): Promise<number> {
  const folder = folderOf(context);
  const question = 'Drop the jobs, the inventory and the clock of the built-in endpoint?';
  if (!(await approved(context, autoApprove, question))) return EXIT.error;
  return withLocal(async (local) => {
    await local.reset(folder, localClock(context.host));
    context.print('The built-in endpoint is as new.\n');
    return EXIT.done;
  });
}
