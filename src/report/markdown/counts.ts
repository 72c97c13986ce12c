import type { Plan } from '../../core/plan.ts';
import { hasChanges, runRefusals, targetRefusals } from '../../core/plan.ts';
import { count } from '../count.ts';
import type { Detail } from './detail.ts';
import { code } from './escape.ts';

/** The first line of a plan in Markdown: its counts, with what is lost in bold. */
export function countsLine(plan: Plan, { name }: Detail): string {
  const { summary } = plan;
  const project = code(plan.project, name);
  if (runRefusals(plan).length === 0 && !hasChanges(plan)) return nothingToDo(project, plan, name);
  const irreversible = plan.changes.filter(
    (change) => change.irreversible === true && change.action === 'advance' && change.blockedBy.length === 0,
  ).length;
  const counts = [
    `${summary.create} to create`,
    `${summary.update} to update`,
    `${summary.replace} to replace`,
    bold(summary.delete, `${summary.delete} to delete`),
    ...(summary.advance > 0 ? [`${summary.advance} to advance`] : []),
    ...(irreversible > 0 ? [bold(irreversible, `${irreversible} that cannot be undone`)] : []),
    ...(summary.defer > 0 ? [`${summary.defer} deferred`] : []),
    `${summary.noOp} unchanged`,
    ...(summary.blocked > 0 ? [bold(summary.blocked, `${summary.blocked} blocked`)] : []),
  ];
  return `Plan for ${project}: ${counts.join(', ')}.`;
}

function nothingToDo(project: string, plan: Plan, name: number): string {
  const { noOp, defer, blocked } = plan.summary;
  const refused = [...new Set(targetRefusals(plan).map(({ id }) => id))];
  const waiting = [
    ...(defer > 0 ? [`${defer} deferred`] : []),
    ...(blocked > 0 ? [bold(blocked, `${blocked} blocked`)] : []),
    ...(blocked === 0 && refused.length > 0
      ? [bold(1, `nothing more while there is ${refused.map((id) => code(id, name)).join(' and ')}`)]
      : []),
  ];
  const now = waiting.length > 0 ? ' now' : '';
  const match = `${count(noOp, 'replication job')} ${noOp === 1 ? 'matches' : 'match'} the manifests`;
  return `No changes for ${project}${now}: ${[match, ...waiting].join(', ')}.`;
}

function bold(number: number, words: string): string {
  return number > 0 ? `**${words}**` : words;
}
