import type { Colors } from 'picocolors/types.js';
import type { Plan } from '../core/plan.ts';
import { hasChanges, runRefusals, targetRefusals } from '../core/plan.ts';

/** The counts of a plan in one line. */
export function summaryLine(plan: Plan, colors: Colors): string {
  const { create, update, replace, delete: deletes, advance, defer, noOp, blocked } = plan.summary;
  const guards = runRefusals(plan).map(({ id }) => id);
  if (guards.length === 0 && !hasChanges(plan)) return nothingToDo(plan, colors);
  const counts = [
    `${create} to create`,
    `${update} to update`,
    `${replace} to replace`,
    `${deletes} to delete`,
    ...(advance > 0 ? [`${advance} to advance`] : []),
    `${defer} deferred`,
    `${noOp} unchanged`,
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
  ];
  const plain = `${colors.bold('Plan:')} ${counts.join(', ')}.`;
  if (guards.length === 0) return plain;
  const names = [...new Set(guards)].join(' and ');
  return `${plain}\n${colors.red(colors.bold('Refused'))} by ${names}: apply carries out nothing of this plan.`;
}

function nothingToDo(plan: Plan, colors: Colors): string {
  const { noOp, defer, blocked } = plan.summary;
  const refused = [...new Set(targetRefusals(plan).map(({ id }) => id))];
  const match = noOp === 1 ? '1 replication job matches' : `${noOp} replication jobs match`;
  const waiting = [
    ...(defer > 0 ? [`${defer} deferred`] : []),
    ...(blocked > 0 ? [`${blocked} blocked by critical concerns`] : []),
    ...(blocked === 0 && refused.length > 0 ? [`nothing more while there is ${refused.join(' and ')}`] : []),
  ];
  const now = waiting.length > 0 ? ' now' : '';
  return `${colors.bold(`No changes${now}.`)} ${[`${match} the manifests`, ...waiting].join(', ')}.`;
}
