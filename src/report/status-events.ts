import type { Colors } from 'picocolors/types.js';
import type { ReplicationRun } from '../core/operations.ts';
import type { VmStatus } from '../core/status.ts';
import { escapeTerminal } from './escape.ts';
import { endText, stageText } from './run-words.ts';

/**
 * What has happened to a VM between two looks, a line an event, without newlines: a run that ended, one that began
 * or came to another stage, a job in another state. Percentages alone are no event. The first look has only the
 * run that is under way.
 */
export function statusEvents(
  before: VmStatus | undefined,
  after: VmStatus,
  colors: Colors,
): readonly string[] {
  const { run, lastRun, job } = after;
  const ended = before !== undefined && lastRun !== undefined && lastRun.id !== before.lastRun?.id;
  const moved = run !== undefined && !sameStage(before?.run, run);
  const turned = before !== undefined && job?.state !== before.job?.state;
  const staged = before !== undefined && after.progress?.stage !== before.progress?.stage;
  return [
    ...(ended ? [endText(lastRun, colors)] : []),
    ...(moved
      ? [`run ${escapeTerminal(run.id)} ${run.state === 'active' ? 'is active: ' : ''}${stageText(run)}`]
      : []),
    ...(staged ? [escapeTerminal(after.progress?.stage ?? '')] : []),
    ...(turned
      ? [job === undefined ? 'its job is deleted' : `its job ${escapeTerminal(job.id)} is now ${job.state}`]
      : []),
  ].map((words) => `${escapeTerminal(after.address)}: ${words}`);
}

function sameStage(before: ReplicationRun | undefined, after: ReplicationRun): boolean {
  return before?.id === after.id && before.state === after.state && before.stage === after.stage;
}
