import type { ChangedPrecondition, Freshness } from '../../core/apply-result.ts';
import { CHANGE_KINDS, type ChangeKind, formatFacts } from '../../core/comment.ts';
import { type ExecutableChange, hasChanges, isExecutable, type Plan, runRefusals } from '../../core/plan.ts';
import type { Runbook } from '../../core/results/runbook.ts';
import { quoteShellWord } from '../../core/text.ts';
import { commentMarker, namesOfTargets } from '../markdown/comment.ts';
import { composeComment, type Detail, joinItems } from '../markdown/compose.ts';
import { code, fenced, prose } from '../markdown/escape.ts';
import { runbookFolds } from '../runbook.ts';
import { DEFAULT_BUDGET, sizeInBytes } from '../text/escape.ts';
import { unchangedWaves, waveSections } from './markdown-waves.ts';
import { summaryBlocks } from './markdown-summary.ts';
import { freshnessWords } from './view.ts';

/**
 * The plan as a comment for a pull or merge request, in the Markdown that GitHub and GitLab share: counts, what is
 * blocked, capacity, a diff for each wave, and the command that applies it. The same plan makes the same text,
 * whatever the time. No text from a manifest or from AWS has an effect in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `MIN_BUDGET` up; waves are cut to fit, the summary never is
 */
export function renderPlanMarkdown(plan: Plan, source: PlanSource, most: number = DEFAULT_BUDGET): string {
  return composeComment(
    (detail) => ({ head: summaryBlocks(plan, detail), foot: footBlocks(plan, source, detail) }),
    waveSections(plan),
    most,
    'The plan includes everything; `landfall plan` shows all of it.',
    (source.runbooks ?? []).map(runbookFolds),
  );
}

/** Bytes of the longest command that is shown: a command that is cut would be another command. */
const MAX_COMMAND_BYTES = 1000;

/** Details of a plan that the plan itself does not contain. */
export interface PlanSource {
  /** The commit that was planned, where there is one: 7 to 64 hexadecimal digits. */
  readonly commit?: string;
  /** The command that applies this plan: the program and its arguments; absent: each runner applies its own plan. */
  readonly apply?: readonly string[];
  /** The targets that the comment is about; absent: those of the plan. */
  readonly targets?: readonly string[];
  /** Of a saved plan: whether it can still be applied. */
  readonly freshness?: Freshness;
  /** Waves whose cut-over is ahead; absent: not known. */
  readonly cutovers?: readonly string[];
  /** The runbooks of waves whose cut-over has changed. */
  readonly runbooks?: readonly Runbook[];
}

/** The blocks below the waves, which are never cut: unchanged waves, checksum, commit, the command, the hidden marker. */
function footBlocks(plan: Plan, source: PlanSource, detail: Detail): readonly string[] {
  const quiet = unchangedWaves(plan.changes);
  const { commit, freshness, cutovers = [] } = source;
  const made = [`Plan ${code(plan.checksum, 100)}`, ...commitParts(commit)];
  return [
    quiet.length === 0
      ? ''
      : `Unchanged: ${joinItems(quiet, detail, ([wave, vms]) => `${code(wave, detail.name)} (${vms})`)}.`,
    cutovers.length === 0
      ? ''
      : `Runbook of the cut-over: ${joinItems(cutovers, detail, (wave) => code(`landfall runbook ${quoteShellWord(wave)}`, detail.name))}.`,
    `---\n\n${made.join(', ')}.${freshness === undefined ? '' : ` ${freshnessText(freshness, detail)}`}`,
    // If there is nothing to apply, a command would mislead.
    ...(hasChanges(plan) && runRefusals(plan).length === 0 ? applyBlocks(source) : []),
    `${planFacts(plan)}\n${commentMarker(plan.project, source.targets ?? namesOfTargets(plan))}`,
  ].filter((block) => block !== '');
}

/** Writes the kinds of change for `landfall comment`, which labels the pull request and leaves out needless comments. */
function planFacts({ changes, concerns, summary }: Plan): string {
  const kinds = new Set(changes.filter(isExecutable).map(kindOf));
  return formatFacts({
    kinds: CHANGE_KINDS.filter((kind) => kinds.has(kind)),
    hasMore: summary.defer + summary.blocked + concerns.length > 0,
  });
}

/** Names a step as people do: by what it ends for good, or by the word in the API's name, such as `StartCutover`. */
function kindOf({ action, destroys, step }: ExecutableChange): ChangeKind {
  if (action !== 'advance') return action;
  if (destroys === 'finalize') return 'finalize';
  if (/cutover/i.test(step)) return 'cutover';
  if (destroys === 'revert' || destroys === 'terminate') return 'revert';
  return /test/i.test(step) ? 'test' : 'update';
}

/** Returns the commit as a part of a sentence; nothing for a text that is no commit, because it is untrusted. */
export function commitParts(commit: string | undefined): readonly string[] {
  return commit === undefined || !/^[0-9a-f]{7,64}$/i.test(commit) ? [] : [`commit ${code(commit, 80)}`];
}

function applyBlocks({ apply }: PlanSource): readonly string[] {
  if (apply === undefined) return ['To apply it, run `landfall apply FILE` with the plan of each target.'];
  const command = shellCommand(apply);
  if (command === undefined || sizeInBytes(command) > MAX_COMMAND_BYTES) {
    return ['To apply it, run `landfall apply` with the same flags.'];
  }
  return [`To apply it:\n\n${fenced('sh', [command]).join('\n')}`];
}

function freshnessText(freshness: Freshness, detail: Detail): string {
  const { status, drift, reason = '' } = freshness;
  const { lead, rest } = freshnessWords(freshness);
  if (status === 'unchecked') return `${lead} ${prose(reason, detail.text)}.`;
  if (status === 'fresh') return `${lead} ${rest}.`;
  const changed = joinItems(drift, detail, (one) => changedPreconditionLabel(one, detail));
  return `**${lead.replace(':', '')}**: ${rest}. Changed: ${changed}.`;
}

function changedPreconditionLabel({ target, address, what }: ChangedPrecondition, { name }: Detail): string {
  const about = address ?? target;
  return about === undefined ? code(what, name) : `${code(what, name)} of ${code(about, name)}`;
}

/**
 * A program and its arguments as a line for a POSIX shell. Nothing where an argument has invisible characters:
 * nobody should copy such a line.
 */
function shellCommand(words: readonly string[]): string | undefined {
  if (words.some((word) => /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(word)))
    return undefined;
  return words.map(quoteShellWord).join(' ');
}
