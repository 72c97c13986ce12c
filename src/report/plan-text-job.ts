import type { Change, FieldChange } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { settingText } from './words.ts';

/** Cells for a job that exists: its id, its one field that changes, and a note if it is short; one is kept free. */
export function jobCells(change: Change): readonly string[] {
  const { id = '', fields, step } = change;
  const [field] = fields;
  const inline = isInline(change) && field !== undefined ? fieldText(field) : escapeTerminal(step ?? '');
  return [escapeTerminal(id), inline, isInline(change) ? note(change) : '', ''];
}

/** What does not fit the row of a job: its fields one a line, then the note. */
export function jobDetails(change: Change, dim: (text: string) => string): readonly string[] {
  if (isInline(change)) return [];
  const text = note(change);
  return [...change.fields.map(fieldText), ...(text === '' ? [] : [dim(text)])];
}

/** Deletes, and updates of one field, are one line: a plan may hold hundreds of them. */
function isInline({ action, fields }: Change): boolean {
  return action !== 'replace' && fields.length <= 1;
}

function note({ reason, effects, fields, remaining = [], irreversible }: Change): string {
  const forced = fields.some(({ forcesReplace }) => forcesReplace === true);
  // The field that forces a replace says so itself.
  const parts = [
    ...(reason === undefined || forced ? [] : [reason]),
    ...effects,
    ...(irreversible === true ? ['cannot be undone'] : []),
    ...(remaining.length > 0 ? [`then ${remaining.join(', ')}`] : []),
  ];
  return escapeTerminal(parts.join('; '));
}

function fieldText({ field, before, after, forcesReplace }: FieldChange): string {
  const text = `${escapeTerminal(field)}: ${settingText(before)} → ${settingText(after)}`;
  return forcesReplace === true ? `${text} (forces replacement)` : text;
}
