import type { Colors } from 'picocolors/types.js';
import { formatPlace, type LandfallError, type Place } from '../../core/error.ts';
import { escapeTerminal } from './escape.ts';

/** An error as the user reads it: what is wrong and where, its code, and what to do. Ends in a newline. */
export function renderError(
  error: Pick<LandfallError, 'message'> & {
    readonly code: string;
    readonly remedy?: string | undefined;
    readonly place?: Place | undefined;
  },
  colors: Colors,
): string {
  const place = error.place ? `${formatPlace(error.place)}: ` : '';
  const lines = [
    `${colors.red('error')} ${colors.dim(error.code)}  ${escapeTerminal(place + error.message)}`,
  ];
  if (error.remedy !== undefined) lines.push(`  ${colors.cyan('fix')}: ${escapeTerminal(error.remedy)}`);
  return `${lines.join('\n')}\n`;
}

/** A warning as the user reads it: what is unexpected, and what to do. Ends in a newline. */
export function renderWarning(text: string, remedy: string, colors: Colors): string {
  return `${colors.yellow('warning')}  ${escapeTerminal(text)}\n  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}\n`;
}
