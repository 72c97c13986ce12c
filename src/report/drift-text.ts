import type { Colors } from 'picocolors/types.js';
import type { ChangedPrecondition } from '../core/apply-result.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { settingText } from './words.ts';

/** What has moved under a saved plan: what it is about, and below that one line a thing. */
export function driftLines(drift: readonly ChangedPrecondition[], colors: Colors): readonly string[] {
  const groups = groupBy(drift, ({ target, address }) => JSON.stringify([target ?? null, address ?? null]));
  return [...groups.values()].flatMap((group) => [
    `  ${colors.bold(escapeTerminal(subjectOf(group[0])))}`,
    ...group.map((each) => `    ${driftText(each)}`),
  ]);
}

function subjectOf(drift: ChangedPrecondition | undefined): string {
  if (drift?.target === undefined) return 'project';
  return drift.address === undefined ? `target ${drift.target}` : `${drift.address} on ${drift.target}`;
}

function driftText({ job, what, planned, now }: ChangedPrecondition): string {
  const name = escapeTerminal(what);
  if (what === 'job') {
    const id = escapeTerminal(job ?? '');
    return now === undefined ? `${id} is gone` : `${id} of ${settingText(now)} has come`;
  }
  if (what === 'target' || (what === 'server' && now === undefined)) return `${settingText(planned)} is gone`;
  const whose = job === undefined ? '' : `${escapeTerminal(job)} `;
  return `${whose}${name}: ${settingText(planned)} in the plan, ${settingText(now)} now`;
}
