import type { Colors } from 'picocolors/types.js';
import type { JobState } from '../../core/observed.ts';
import type { ReplicationRun } from '../../core/operations.ts';
import type { Status, VmStatus, WaveStatus } from '../../core/status.ts';
import { concernLines, joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { type Column, formatListing, groupBy } from '../text/table.ts';
import { formatMinute, nameInWave, pluralize } from '../text/words.ts';
import { runStageBar, runStageText, stateStyle } from './jobs.ts';

/** States in the order of a job's life, so that counts always come in the same order. */
const STATE_ORDER: readonly JobState[] = [
  'pending',
  'active',
  'completed',
  'failing',
  'paused',
  'failed',
  'unknown',
];

/** The VMs by wave, each wave under its counts, then what there is to be concerned about. Ends in a newline. */
export function renderStatusText(
  status: Status,
  options: StatusTextOptions & { readonly verbose?: boolean },
): string {
  const { colors, verbose = false } = options;
  if (status.vms.length === 0) return 'No VM to show: no manifest names one, and no job is managed.\n';
  const { heading, lines } = statusRows(status.vms, options);
  const rowsOf = (vms: readonly VmStatus[]): readonly string[] => vms.map((vm) => `  ${lines.get(vm) ?? ''}`);
  const members = groupBy(status.vms, waveKey);
  const several = new Set(status.vms.map(({ target }) => target)).size > 1;
  const strays = status.vms.filter(({ wave }) => wave === undefined);
  const concerns = [...status.vms.flatMap((vm) => vm.concerns), ...status.concerns];
  const blocks = [
    [
      `  ${heading}`,
      ...status.waves.flatMap((wave) => [
        waveLine(wave, several, colors),
        ...rowsOf(members.get(waveKey(wave)) ?? []),
      ]),
      ...(strays.length > 0 ? [colors.bold('jobs of others'), ...rowsOf(strays)] : []),
    ],
    concernLines(concerns, { colors, verbose }),
  ];
  return joinBlocks(blocks);
}

function waveKey({ target, wave }: { readonly target: string; readonly wave?: string }): string {
  return JSON.stringify([target, wave]);
}

/** A wave in one line: `sdsc-01  3 VMs: 2 active, 1 without a job; 1 run active, 2 with an AMI`. */
export function waveLine(wave: WaveStatus, withTarget: boolean, colors: Colors): string {
  const { jobs, withoutJob, unlisted, running, waiting, withAmi, withInstance } = wave;
  const states = [
    ...STATE_ORDER.flatMap((state) => ((jobs[state] ?? 0) > 0 ? [`${jobs[state] ?? 0} ${state}`] : [])),
    ...(withoutJob > 0 ? [`${withoutJob} without a job`] : []),
  ];
  const rest = [
    ...(running > 0 ? [`${pluralize(running, 'run')} active`] : []),
    ...(waiting > 0 ? [`${pluralize(waiting, 'run')} waiting`] : []),
    ...(withAmi > 0 ? [`${withAmi} with an AMI`] : []),
    ...(withInstance > 0 ? [`${withInstance} with an instance`] : []),
    ...(unlisted > 0 ? [`${unlisted} in no manifest`] : []),
  ];
  const name = escapeTerminal(withTarget ? `${wave.target} ${wave.wave}` : wave.wave);
  const words = [
    `${pluralize(wave.vms, 'VM')}: ${states.join(', ')}`,
    ...(rest.length > 0 ? [rest.join(', ')] : []),
  ];
  return `${colors.bold(name)}  ${colors.dim(words.join('; '))}`;
}

export interface StatusTextOptions {
  readonly colors: Colors;
  /** Shows how far runs are with bars, for a screen that is drawn again and again. */
  readonly bars?: boolean;
}

/** Fewer days than this are worth a colour: a wave does not move in a week. */
const DAYS_LEFT_WARNING = 7;

/** A line a VM under one heading for all, so that columns stand in line over waves and targets. */
export function statusRows(
  vms: readonly VmStatus[],
  { colors, bars = false }: StatusTextOptions,
): { readonly heading: string; readonly lines: ReadonlyMap<VmStatus, string> } {
  const { heading, lines } = formatListing(statusColumns(colors, bars), vms, colors);
  return { heading, lines: new Map(vms.map((vm, index) => [vm, lines[index] ?? ''])) };
}

function statusColumns(colors: Colors, bars: boolean): readonly Column<VmStatus>[] {
  return [
    { title: 'VM', cell: ({ address, wave = '' }) => nameInWave({ address, wave }) },
    { title: 'JOB', cell: ({ job }) => job?.state ?? 'none', style: stateStyle(colors) },
    {
      title: 'RUN',
      cell: ({ run }) => (run === undefined ? '' : bars ? runStageBar(run) : runStageText(run)),
      style: colors.cyan,
    },
    { title: 'LAST RUN (UTC)', cell: ({ lastRun }) => lastRunCell(lastRun), style: stateStyle(colors) },
    { title: 'NEXT RUN (UTC)', cell: ({ nextRunAt }) => formatMinute(nextRunAt) },
    { title: 'LATEST AMI', cell: ({ latestAmiId = '' }) => escapeTerminal(latestAmiId) },
    { title: 'STAGE', cell: ({ progress }) => escapeTerminal(progress?.stage ?? '') },
    { title: 'REPLICATION', cell: ({ progress }) => escapeTerminal(progress?.replication ?? '') },
    { title: 'INSTANCE', cell: ({ progress }) => escapeTerminal(progress?.instanceId ?? '') },
    { title: 'PHASE', cell: phaseCell },
    {
      title: 'DAYS LEFT',
      cell: ({ daysLeft }) => (daysLeft === undefined ? '' : String(daysLeft)),
      style: (text) => (text.trim() !== '' && Number(text) < DAYS_LEFT_WARNING ? colors.yellow(text) : text),
    },
    { title: 'NOTES', cell: notesCell, style: colors.yellow },
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

function lastRunCell(run: ReplicationRun | undefined): string {
  return run === undefined
    ? ''
    : `${run.state} ${formatMinute(run.completedAt ?? run.scheduledAt)}`.trimEnd();
}

function notesCell({ vm, isLeftOut, server, problem, concerns }: VmStatus): string {
  return [
    ...(vm === undefined ? [isLeftOut === true ? 'its wave’s file was left out' : 'in no manifest'] : []),
    ...(server === undefined && problem === undefined ? ['not found'] : []),
    ...concerns.map(({ id }) => id),
  ].join(', ');
}
