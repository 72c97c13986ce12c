import type { Colors } from 'picocolors/types.js';
import type { Connector } from '../core/operations.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { type Column, listing } from './listing.ts';
import { minute } from './time.ts';

/** The connectors of a target, a line each, and how many are healthy. Ends in a newline. */
export function renderConnectorsText(
  connectors: readonly Connector[],
  { colors }: { readonly colors: Colors },
): string {
  const { heading, lines } = listing(columns(colors), connectors, colors);
  const healthy = connectors.filter((connector) => connector.healthy).length;
  const total = `${count(connectors.length, 'connector')}, ${healthy} healthy.`;
  return [...(lines.length > 0 ? [heading, ...lines, ''] : []), total, ''].join('\n');
}

function columns(colors: Colors): readonly Column<Connector>[] {
  return [
    { title: 'CONNECTOR', cell: ({ id }) => escapeTerminal(id) },
    {
      title: 'STATUS',
      cell: ({ healthy }) => (healthy ? 'healthy' : 'unhealthy'),
      style: (text) => (text.startsWith('healthy') ? colors.green(text) : colors.red(text)),
    },
    {
      title: 'VCENTER',
      cell: ({ vmManagerName, vmManagerId = '' }) => escapeTerminal(vmManagerName ?? vmManagerId),
    },
    { title: 'ADDRESS', cell: ({ ipAddress = '' }) => escapeTerminal(ipAddress) },
    { title: 'MAC', cell: ({ macAddress = '' }) => escapeTerminal(macAddress) },
    { title: 'VERSION', cell: ({ version = '' }) => escapeTerminal(version) },
    { title: 'SINCE (UTC)', cell: ({ associatedAt }) => minute(associatedAt) },
  ];
}
