import type { Colors } from 'picocolors/types.js';
import type { ObservedJob } from '../../core/observed.ts';
import type { Connector, Disassociation } from '../../core/operations.ts';
import { toJob, toServer } from '../status/jobs.ts';
import type { ScreenOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import type { Column } from '../text/fit.ts';
import { alignRows, formatListing } from '../text/table.ts';
import { formatMinute, pluralize } from '../text/words.ts';

/** The connectors of a target, a line each, and how many are healthy. Ends in a newline. */
export function renderConnectorsText(
  connectors: readonly Connector[],
  { colors, columns }: ScreenOptions,
): string {
  const { heading, lines } = formatListing(connectorColumns(colors), connectors, colors, columns);
  const healthy = connectors.filter((connector) => connector.healthy).length;
  const total = `${pluralize(connectors.length, 'connector')}, ${healthy} healthy.`;
  return [...(lines.length > 0 ? [heading, ...lines.flat(), ''] : []), total, ''].join('\n');
}

function connectorColumns(colors: Colors): readonly Column<Connector>[] {
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
      fit: { drop: 5, below: 'vCenter' },
    },
    {
      title: 'ADDRESS',
      cell: ({ ipAddress = '' }) => escapeTerminal(ipAddress),
      fit: { drop: 4, below: 'address' },
    },
    {
      title: 'MAC',
      cell: ({ macAddress = '' }) => escapeTerminal(macAddress),
      fit: { drop: 1, below: 'MAC' },
    },
    {
      title: 'VERSION',
      cell: ({ version = '' }) => escapeTerminal(version),
      fit: { drop: 2, below: 'version' },
    },
    {
      title: 'SINCE (UTC)',
      cell: ({ associatedAt }) => formatMinute(associatedAt),
      fit: { drop: 3, below: 'since (UTC)' },
    },
  ];
}

/** The connectors of a target as JSON; format version 1.0, minor versions only add. */
export function renderConnectorsJson(target: string, connectors: readonly Connector[]): string {
  return formatJson({ format_version: '1.0', target, connectors: connectors.map(toConnector) });
}

/** A disassociation as JSON; format version 1.0, minor versions only add. */
export function renderDisassociationJson(disassociation: Disassociation): string {
  return formatJson({
    format_version: '1.0',
    target: disassociation.target,
    disassociated: toConnector(disassociation.connector),
    ...snakeCase(disassociation, 'lastOfVCenter', 'lastOfAll'),
    stalled_jobs: disassociation.stalled.map((job) => ({ ...toJob(job), server: toServer(job.server) })),
    stalled_jobs_of_others: disassociation.stalledOthers,
  });
}

function toConnector(connector: Connector): object {
  return {
    ...snakeCase(connector, 'id', 'healthy', 'version', 'vmManagerName', 'vmManagerId'),
    ...snakeCase(connector, 'ipAddress', 'macAddress', 'associatedAt'),
  };
}

/** Lists the effects of removing a connector, before approval. Ends in a newline. */
export function renderDisassociationText(
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
            `${pluralize(stalled.length, 'managed job')} will stall until another connector serves ${stalled.length === 1 ? 'it' : 'them'}:`,
          ),
          ...alignRows(stalled.map(stalledJobCells)).map((line) => `  ${line}`),
        ]
      : []),
    ...(stalledOthers > 0 ? [warn(`${pluralize(stalledOthers, 'job')} of others will stall too`)] : []),
    '',
  ].join('\n');
}

function stalledJobCells({ id, server, state, owner }: ObservedJob): readonly string[] {
  const name = server.name ?? server.path ?? server.serverId;
  return [escapeTerminal(id), escapeTerminal(`${owner?.wave ?? ''}/${name}`), state];
}
