import type { Plan } from '../../core/plan.ts';
import type { PlanOptions } from '../../workflow/plan/planning.ts';
import type { Context } from '../context.ts';

interface Flags extends PlanOptions {
  readonly out?: string;
  readonly changedSince?: string;
}

/** Returns the command that applies a plan, with the flags that it was made with, as words for a shell. */
export function applyCommand({ projectFile }: Context, plan: Plan, flags: Flags): readonly string[] {
  const each = (name: string, values: readonly string[] | undefined): readonly string[] =>
    (values ?? []).flatMap((value) => [`--${name}`, value]);
  const project = projectFile === undefined ? [] : ['--project', projectFile];
  // A file that begins with a dash would be taken for a flag.
  if (flags.out !== undefined) {
    return ['landfall', 'apply', ...project, flags.out.startsWith('-') ? `./${flags.out}` : flags.out];
  }
  return [
    'landfall',
    'apply',
    ...project,
    ...each('target', flags.target),
    // Apply has no --changed-since: what it came to are these waves.
    ...each('wave', flags.changedSince === undefined ? flags.wave : changedWavesOf(plan)),
    ...each('vm', flags.vm),
    ...each('replace', flags.replace),
    ...each('confirm-finalize', flags.confirmFinalize),
    ...each('confirm-revert', flags.confirmRevert),
    ...each('confirm-cutover', flags.confirmCutover),
    ...each('confirm-disconnect', flags.confirmDisconnect),
    ...each('confirm-change', flags.confirmChange),
    ...each('override-window', flags.overrideWindow),
    ...each('override-policy', flags.overridePolicy),
    ...(flags.policiesFrom === undefined ? [] : ['--policies-from', flags.policiesFrom]),
    ...(flags.reason === undefined ? [] : ['--reason', flags.reason]),
    ...(flags.maxAttempts === undefined ? [] : ['--max-attempts', String(flags.maxAttempts)]),
    ...each('force', flags.force),
    ...(flags.allowEmpty === true ? ['--allow-empty'] : []),
  ];
}

function changedWavesOf({ changes }: Plan): readonly string[] {
  return [...new Set(changes.filter(({ action }) => action !== 'no-op').map(({ wave }) => wave))];
}
