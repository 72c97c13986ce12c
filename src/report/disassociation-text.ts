import type { Colors } from 'picocolors/types.js';
import type { ObservedJob } from '../core/observed.ts';
import type { Disassociation } from '../core/operations.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { alignRows } from './table.ts';

/** What will come of taking a connector away, for the one who is asked. Ends in a newline. */
export function renderDisassociation(
  disassociation: Disassociation,
  { colors }: { readonly colors: Colors },
): string {
  const { target, connector, lastOfVCenter, lastOfAll, stalled, stalledOthers } = disassociation;
  const { id, vmManagerName, vmManagerId, healthy } = connector;
  const vCenter = vmManagerName ?? vmManagerId ?? 'an unknown vCenter';
  const warn = (text: string): string => `${colors.yellow('warning')} ${escapeTerminal(text)}`;
  return [
    escapeTerminal(`Connector ${id} of ${vCenter}${healthy ? '' : ', which is not healthy'}.`),
    ...(lastOfVCenter ? [warn(`it is the last healthy connector of ${vCenter}`)] : []),
    ...(lastOfAll
      ? [warn(`it is the last healthy connector of target ${target}: nothing will replicate`)]
      : []),
    ...(stalled.length > 0
      ? [
          warn(
            `${count(stalled.length, 'managed job')} will stall until another connector serves ${stalled.length === 1 ? 'it' : 'them'}:`,
          ),
          ...alignRows(stalled.map(cells)).map((line) => `  ${line}`),
        ]
      : []),
    ...(stalledOthers > 0 ? [warn(`${count(stalledOthers, 'job')} of others will stall too`)] : []),
    '',
  ].join('\n');
}

function cells({ id, server, state, owner }: ObservedJob): readonly string[] {
  const name = server.name ?? server.path ?? server.serverId;
  return [escapeTerminal(id), escapeTerminal(`${owner?.wave ?? ''}/${name}`), state];
}
