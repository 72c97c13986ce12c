import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import type { OnDemandResult, VmEntry } from '../../core/status.ts';
import { toErrors } from '../plan/json.ts';
import { incompleteLines, joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { alignRows } from '../text/table.ts';
import { nameWithWave, pluralize } from '../text/words.ts';
import { runEndText, runStageText, toRun } from './jobs.ts';

/** What is about to be started, for the one who is asked. Ends in a newline. */
export function renderOnDemandRequest(
  subjects: readonly VmEntry[],
  refused: ReadonlyMap<VmEntry, string>,
  { colors }: { readonly colors: Colors },
): string {
  const starting = subjects.map((subject) => [nameWithWave(subject), escapeTerminal(subject.job?.id ?? '')]);
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
  unreachable: readonly Concern[],
  { colors }: { readonly colors: Colors },
): string {
  const many = (status: OnDemandResult['status']): number =>
    results.filter((result) => result.status === status).length;
  const counts = [
    `${pluralize(many('started'), 'run')} started`,
    ...(many('refused') > 0 ? [`${many('refused')} not started`] : []),
    ...(many('failed') > 0 ? [`${many('failed')} failed to start`] : []),
  ];
  const lines = results.map((result) => resultLine(result, colors));
  return joinBlocks([lines, [`${counts.join(', ')}.`, ...incompleteLines(unreachable, colors)]]);
}

function resultLine(result: OnDemandResult, colors: Colors): string {
  const name = nameWithWave(result.subject);
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
        return `${name}: ${colors.red('lost')} run ${escapeTerminal(runId)}: its job was deleted, so its result is unknown`;
      }
      if (run === undefined) return `${name}: ${colors.green('started')} run ${escapeTerminal(runId)}`;
      const under = run.state === 'pending' || run.state === 'active';
      return `${name}: ${under ? `run ${escapeTerminal(runId)} ${runStageText(run)}` : runEndText(run, colors)}`;
    }
  }
}

function refusedLine(subject: VmEntry, reason: string, colors: Colors): string {
  return `${nameWithWave(subject)}: ${colors.yellow('not started')}: ${escapeTerminal(reason)}`;
}

/** What became of each VM's run, as JSON; format version 1.0, minor versions only add. */
export function renderOnDemandJson(
  results: readonly OnDemandResult[],
  unreachable: readonly Concern[],
): string {
  const many = (status: OnDemandResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return formatJson({
    format_version: '1.0',
    results: results.map(toOnDemandResult),
    summary: { started: many('started'), refused: many('refused'), failed: many('failed') },
    errors: toErrors(unreachable),
  });
}

/** `run` is there where its end was waited for, `lost` where the job went before it. */
function toOnDemandResult(result: OnDemandResult): object {
  const { subject, status } = result;
  const { address, target, wave, job } = subject;
  const about = { address, target, wave, job_id: job?.id, status };
  switch (result.status) {
    case 'started':
      return {
        ...about,
        run_id: result.runId,
        run: result.run === undefined ? undefined : toRun(result.run),
        lost: result.lost,
      };
    case 'refused':
      return { ...about, reason: result.reason };
    case 'failed':
      return { ...about, ...snakeCase(result, 'code', 'message', 'remedy') };
  }
}
