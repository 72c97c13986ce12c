import type { Colors } from 'picocolors/types.js';
import type { ReplicationRun } from '../core/operations.ts';
import type { VmStatus } from '../core/status.ts';
import { escapeTerminal } from './escape.ts';
import { type Column, listing } from './listing.ts';
import { stageBar, stageText, stateStyle } from './run-words.ts';
import { minute } from './time.ts';
import { labelOf } from './words.ts';

export interface StatusTextOptions {
  readonly colors: Colors;
  /** Shows how far runs are with bars, for a screen that is drawn again and again. */
  readonly bars?: boolean;
}

/** Fewer days than this are worth a colour: a wave does not move in a week. */
const FEW_DAYS = 7;

/** A line a VM under one heading for all, so that columns stand in line over waves and targets. */
export function statusRows(
  vms: readonly VmStatus[],
  { colors, bars = false }: StatusTextOptions,
): { readonly heading: string; readonly lines: ReadonlyMap<VmStatus, string> } {
  const { heading, lines } = listing(columns(colors, bars), vms, colors);
  return { heading, lines: new Map(vms.map((vm, index) => [vm, lines[index] ?? ''])) };
}

function columns(colors: Colors, bars: boolean): readonly Column<VmStatus>[] {
  return [
    { title: 'VM', cell: ({ address, wave = '' }) => labelOf({ address, wave }) },
    { title: 'JOB', cell: ({ job }) => job?.state ?? 'none', style: stateStyle(colors) },
    {
      title: 'RUN',
      cell: ({ run }) => (run === undefined ? '' : bars ? stageBar(run) : stageText(run)),
      style: colors.cyan,
    },
    { title: 'LAST RUN (UTC)', cell: ({ lastRun }) => lastCell(lastRun), style: stateStyle(colors) },
    { title: 'NEXT RUN (UTC)', cell: ({ nextRunAt }) => minute(nextRunAt) },
    { title: 'LATEST AMI', cell: ({ latestAmiId = '' }) => escapeTerminal(latestAmiId) },
    { title: 'STAGE', cell: ({ progress }) => escapeTerminal(progress?.stage ?? '') },
    { title: 'REPLICATION', cell: ({ progress }) => escapeTerminal(progress?.replication ?? '') },
    { title: 'INSTANCE', cell: ({ progress }) => escapeTerminal(progress?.instanceId ?? '') },
    { title: 'PHASE', cell: phaseCell },
    {
      title: 'DAYS LEFT',
      cell: ({ daysLeft }) => (daysLeft === undefined ? '' : String(daysLeft)),
      style: (text) => (text.trim() !== '' && Number(text) < FEW_DAYS ? colors.yellow(text) : text),
    },
    { title: 'NOTES', cell: notes, style: colors.yellow },
  ];
}

/** Where the VM stands on its way: `test: next StartTest`, `cutover: reached, cut over: i-1`. */
function phaseCell({ phase }: VmStatus): string {
  if (phase === undefined) return '';
  const { kind, detail: words } = phase;
  const verb = kind === 'waits' ? '' : kind;
  const rest = [verb, words ?? ''].filter((part) => part !== '');
  return escapeTerminal(`${phase.phase}: ${rest.join(kind === 'next' ? ' ' : ', ')}`);
}

function lastCell(run: ReplicationRun | undefined): string {
  return run === undefined ? '' : `${run.state} ${minute(run.completedAt ?? run.scheduledAt)}`.trimEnd();
}

function notes({ vm, server, problem, concerns }: VmStatus): string {
  return [
    ...(vm === undefined ? ['in no manifest'] : []),
    ...(server === undefined && problem === undefined ? ['not found'] : []),
    ...concerns.map(({ id }) => id),
  ].join(', ');
}
