import type { Colors } from 'picocolors/types.js';
import type { OnDemandResult, VmEntry } from '../core/status.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { endText, stageText } from './run-words.ts';
import { alignRows } from './table.ts';

/** What is about to be started, for the one who is asked. Ends in a newline. */
export function renderOnDemandRequest(
  subjects: readonly VmEntry[],
  refused: ReadonlyMap<VmEntry, string>,
  { colors }: { readonly colors: Colors },
): string {
  const starting = subjects.map((subject) => [nameOf(subject), escapeTerminal(subject.job?.id ?? '')]);
  return [
    ...(starting.length > 0
      ? [`On-demand runs to start: ${starting.length}`, ...alignRows(starting).map((line) => `  ${line}`)]
      : []),
    ...[...refused].map(([subject, reason]) => refusedLine(subject, reason, colors)),
    '',
  ].join('\n');
}

/** What became of each VM's run, and the counts. Ends in a newline. */
export function renderOnDemandText(
  results: readonly OnDemandResult[],
  { colors }: { readonly colors: Colors },
): string {
  const many = (status: OnDemandResult['status']): number =>
    results.filter((result) => result.status === status).length;
  const counts = [
    `${count(many('started'), 'run')} started`,
    ...(many('refused') > 0 ? [`${many('refused')} not started`] : []),
    ...(many('failed') > 0 ? [`${many('failed')} failed to start`] : []),
  ];
  return [...results.map((result) => resultLine(result, colors)), '', `${counts.join(', ')}.`, ''].join('\n');
}

function resultLine(result: OnDemandResult, colors: Colors): string {
  const name = nameOf(result.subject);
  switch (result.status) {
    case 'refused':
      return refusedLine(result.subject, result.reason, colors);
    case 'failed': {
      const fix =
        result.remedy === undefined ? '' : `\n  ${colors.cyan('fix')}: ${escapeTerminal(result.remedy)}`;
      return `${name}: ${colors.red('failed')} ${escapeTerminal(`${result.code}: ${result.message}`)}${fix}`;
    }
    case 'started': {
      const { runId, run, lost } = result;
      if (lost === true) {
        return `${name}: ${colors.red('lost')} run ${escapeTerminal(runId)}: its job is gone, and how the run ended is not known`;
      }
      if (run === undefined) return `${name}: ${colors.green('started')} run ${escapeTerminal(runId)}`;
      const under = run.state === 'pending' || run.state === 'active';
      return `${name}: ${under ? `run ${escapeTerminal(runId)} ${stageText(run)}` : endText(run, colors)}`;
    }
  }
}

function refusedLine(subject: VmEntry, reason: string, colors: Colors): string {
  return `${nameOf(subject)}: ${colors.yellow('not started')}: ${escapeTerminal(reason)}`;
}

function nameOf({ address }: VmEntry): string {
  return escapeTerminal(address);
}
