import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import type { Output } from '../../core/journey.ts';
import type { VmOutputs } from '../../core/status.ts';
import { formatDuration, formatInstant, type Instant } from '../../core/time.ts';
import { renderCsv, renderMarkdownListing } from '../listing.ts';
import { toErrors } from '../plan/json.ts';
import { incompleteLines, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import type { Column } from '../text/fit.ts';
import { formatListing } from '../text/table.ts';
import { nameWithWave, pluralize } from '../text/words.ts';
import { stageStyle } from './columns.ts';

interface OutputsResult {
  readonly at: Instant;
  readonly outputs: readonly VmOutputs[];
  /** The targets that could not be read. */
  readonly unreachable: readonly Concern[];
}

/** The VMs with what they have become, a line each, and how many have an output. Ends in a newline. */
export function renderOutputsText(
  { at, outputs, unreachable }: OutputsResult,
  options: ScreenOptions,
): string {
  const { colors, columns } = options;
  const { heading, lines } = formatListing(outputColumns(colors, at), outputs, colors, columns);
  const total = totalText(outputs);
  const incomplete = wrapLines(incompleteLines(unreachable, colors), options);
  return [...(lines.length > 0 ? [heading, ...lines.flat(), ''] : []), total, ...incomplete, ''].join('\n');
}

/** The same as Markdown. */
export function renderOutputsMarkdown(
  { at, outputs, unreachable }: OutputsResult,
  { colors }: ScreenOptions,
): string {
  return renderMarkdownListing({
    head: [totalText(outputs)],
    columns: outputColumns(colors, at),
    items: outputs,
    ...{ unreachable, whole: 'landfall output --format csv' },
  });
}

function totalText(outputs: readonly VmOutputs[]): string {
  const cutOver = outputs.filter((one) => outputOf(one, 'cutover') !== undefined).length;
  return `${pluralize(outputs.length, 'VM')}, ${cutOver} with a cut-over.`;
}

function outputColumns(colors: Colors, now: Instant): readonly Column<VmOutputs>[] {
  const cell = (of: Output['of']) => (one: VmOutputs) => {
    const { id = '' } = outputOf(one, of) ?? {};
    const address = one.addresses?.get(id);
    return escapeTerminal(address === undefined ? id : `${id} (${address})`);
  };
  return [
    { title: 'VM', cell: ({ vm }) => nameWithWave(vm) },
    {
      title: 'STAGE',
      cell: ({ vm }) => vm.stage.replaceAll('-', ' '),
      style: stageStyle(colors),
      fit: { drop: 2 },
    },
    { title: 'CUT-OVER', cell: cell('cutover'), fit: { drop: 5, below: 'cut-over' } },
    { title: 'TEST', cell: cell('test'), fit: { drop: 3, below: 'test' } },
    {
      title: 'RECOVERY POINT',
      cell: recoveryPointCell,
      fit: { drop: 4, below: 'recovery point' },
    },
    {
      title: 'AGE',
      cell: ({ vm: { recoveryPoint: { at } = {} } }) => (at === undefined ? '' : formatDuration(now - at)),
      fit: { drop: 1 },
    },
  ];
}

function recoveryPointCell({ vm: { recoveryPoint: point } }: VmOutputs): string {
  return point === undefined ? '' : escapeTerminal(point.id ?? point.kind);
}

function outputOf({ vm }: VmOutputs, of: Output['of']): Output | undefined {
  return vm.outputs.find((one) => one.of === of);
}

/** What JSON and CSV tell of a VM: every key is always there, null where there is nothing. */
function toOutputs(one: VmOutputs) {
  const { vm, region, account = null } = one;
  const { address, target, wave = null, server, vm: listed, stage, recoveryPoint: point } = vm;
  return {
    address,
    target,
    region,
    account,
    wave,
    name: server?.name ?? listed?.reference.name ?? null,
    server_id: server?.notReported === undefined ? (server?.serverId ?? null) : null,
    stage,
    cutover: toOutput(outputOf(one, 'cutover'), one),
    test: toOutput(outputOf(one, 'test'), one),
    recovery_point:
      point === undefined
        ? null
        : { kind: point.kind, id: point.id ?? null, at: timeOf(point), overdue: point.isOverdue },
  };
}

function toOutput(output: Output | undefined, { addresses }: VmOutputs) {
  if (output === undefined) return null;
  const { kind, id } = output;
  return { kind, id, at: timeOf(output), private_ip: addresses?.get(id) ?? null };
}

function timeOf({ at }: { readonly at?: Instant }): string | null {
  return at === undefined ? null : formatInstant(at);
}

/** The outputs as JSON; format version 1.0, minor versions only add. */
export function renderOutputsJson({ at, outputs, unreachable }: OutputsResult): string {
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    vms: outputs.map((one) => ({ ...toOutputs(one), labels: one.vm.labels ?? {} })),
    errors: toErrors(unreachable),
  });
}

/** The outputs as CSV, a line each: the keys of the JSON, flat. */
export function renderOutputsCsv(outputs: readonly VmOutputs[]): string {
  const rows = outputs.map((one) => {
    const { cutover, test, recovery_point: point, ...rest } = toOutputs(one);
    return [
      ...Object.values(rest),
      ...[cutover?.kind, cutover?.id, cutover?.at],
      ...[test?.kind, test?.id, test?.at],
      ...[point?.kind, point?.id, point?.at],
      ...[cutover?.private_ip, test?.private_ip],
    ];
  });
  return renderCsv(CSV_HEADER, rows);
}

const CSV_HEADER = [
  ...['address', 'target', 'region', 'account', 'wave', 'name', 'server_id', 'stage'],
  ...['cutover', 'test', 'recovery_point'].flatMap((of) => [`${of}_kind`, `${of}_id`, `${of}_at`]),
  ...['cutover_private_ip', 'test_private_ip'],
];
