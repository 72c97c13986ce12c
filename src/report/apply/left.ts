import { fullName } from '../../core/names.ts';
import type { ExecutableChange } from '../../core/plan.ts';
import type { OnDemandResult, VmEntry } from '../../core/status.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameWithWave, pluralize } from '../text/words.ts';
import { ONGOING_VERBS, stepSuffix } from './results.ts';

/** Changes in flight that are listed when a run is left. */
const MAX_IN_FLIGHT = 20;

/** Says which changes were in flight when the user left the run. Ends in a newline. */
export function renderLeftInFlight(changes: readonly ExecutableChange[]): string {
  const more = changes.length - MAX_IN_FLIGHT;
  const count = `${pluralize(changes.length, 'change')} ${changes.length === 1 ? 'was' : 'were'}`;
  const lines = [
    `${count} in flight, and how they ended is not known; \`landfall plan\` compares again:`,
    ...changes
      .slice(0, MAX_IN_FLIGHT)
      .map((change) => `  ${fullName(change)}: ${ONGOING_VERBS[change.action]}${stepSuffix(change)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
  return `${lines.map((line) => escapeTerminal(line)).join('\n')}\n`;
}

/** Most runs that are listed when the user leaves the command. */
const MAX_LEFT = 20;

/** Says which runs were being started when the user left the command, and which had been started. Ends in a newline. */
export function renderRunsLeft(
  starting: readonly VmEntry[],
  started: readonly Extract<OnDemandResult, { readonly status: 'started' }>[],
): string {
  const list = (lines: readonly string[]): readonly string[] => [
    ...lines.slice(0, MAX_LEFT).map((line) => `  ${line}`),
    ...(lines.length > MAX_LEFT ? [`  and ${lines.length - MAX_LEFT} more`] : []),
  ];
  const were = starting.length === 1 ? 'was' : 'were';
  return [
    ...(starting.length > 0
      ? [
          `${pluralize(starting.length, 'run')} ${were} being started, and whether the service has done so is not known; \`landfall status\` shows it:`,
          ...list(starting.map(nameWithWave)),
        ]
      : []),
    ...(started.length > 0
      ? [
          `${pluralize(started.length, 'run')} had been started, and the service continues ${started.length === 1 ? 'it' : 'them'}:`,
          ...list(started.map(({ subject, runId }) => `${nameWithWave(subject)}: ${escapeTerminal(runId)}`)),
        ]
      : []),
    '',
  ].join('\n');
}
