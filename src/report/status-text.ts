import type { Colors } from 'picocolors/types.js';
import type { JobState } from '../core/observed.ts';
import type { Status, VmStatus, WaveStatus } from '../core/status.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { concernLines } from './plan-text-concerns.ts';
import { statusRows, type StatusTextOptions } from './status-rows.ts';

/** States in the order of a job's life, so that counts always come in the same order. */
const STATES: readonly JobState[] = [
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
  const members = groupBy(status.vms, keyOf);
  const several = new Set(status.vms.map(({ target }) => target)).size > 1;
  const strays = status.vms.filter(({ wave }) => wave === undefined);
  const concerns = [...status.vms.flatMap((vm) => vm.concerns), ...status.concerns];
  const blocks = [
    [
      `  ${heading}`,
      ...status.waves.flatMap((wave) => [
        waveLine(wave, several, colors),
        ...rowsOf(members.get(keyOf(wave)) ?? []),
      ]),
      ...(strays.length > 0 ? [colors.bold('jobs of others'), ...rowsOf(strays)] : []),
    ],
    concernLines(concerns, { colors, verbose }),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n');
}

function keyOf({ target, wave }: { readonly target: string; readonly wave?: string }): string {
  return JSON.stringify([target, wave]);
}

/** A wave in one line: `sdsc-01  3 VMs: 2 active, 1 without a job; 1 run active, 2 with an AMI`. */
export function waveLine(wave: WaveStatus, withTarget: boolean, colors: Colors): string {
  const { jobs, withoutJob, unlisted, running, waiting, withAmi, withInstance } = wave;
  const states = [
    ...STATES.flatMap((state) => ((jobs[state] ?? 0) > 0 ? [`${jobs[state] ?? 0} ${state}`] : [])),
    ...(withoutJob > 0 ? [`${withoutJob} without a job`] : []),
  ];
  const rest = [
    ...(running > 0 ? [`${count(running, 'run')} active`] : []),
    ...(waiting > 0 ? [`${count(waiting, 'run')} waiting`] : []),
    ...(withAmi > 0 ? [`${withAmi} with an AMI`] : []),
    ...(withInstance > 0 ? [`${withInstance} with an instance`] : []),
    ...(unlisted > 0 ? [`${unlisted} in no manifest`] : []),
  ];
  const name = escapeTerminal(withTarget ? `${wave.target} ${wave.wave}` : wave.wave);
  const words = [
    `${count(wave.vms, 'VM')}: ${states.join(', ')}`,
    ...(rest.length > 0 ? [rest.join(', ')] : []),
  ];
  return `${colors.bold(name)}  ${colors.dim(words.join('; '))}`;
}
