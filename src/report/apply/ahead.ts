import { CONFIRMED_BY, type StepAhead } from '../../core/plan.ts';
import { quoteShellWord } from '../../core/text.ts';
import { escapeTerminal } from '../text/escape.ts';
import { pluralize } from '../text/words.ts';

/**
 * Says before a run which of its later steps must be confirmed: with which flag, and which of them the run will not take.
 * A line for each; none if no step must be confirmed.
 */
export function stepsAheadLines(steps: readonly StepAhead[]): readonly string[] {
  return steps.map(({ wave, step, vms, destroys, isConfirmed, isChecked }) => {
    const flag = `--confirm-${CONFIRMED_BY[destroys]} ${quoteShellWord(wave)}`;
    const what = `${step} of ${pluralize(vms, 'VM')} of wave ${wave}`;
    return escapeTerminal(`${what} ${aheadText(flag, isConfirmed, isChecked)}`);
  });
}

function aheadText(flag: string, isConfirmed: boolean, isChecked: boolean): string {
  if (!isConfirmed) return `must be confirmed with ${flag}: without it, this run stops before it`;
  return isChecked
    ? `is confirmed by ${flag}`
    : `is confirmed by ${flag}, but not taken for cut-overs of this run, which nobody has checked: set cutover.finalizeAfter in the wave, or run the command again afterwards`;
}
