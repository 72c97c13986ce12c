import type { Concern } from '../core/concern.ts';
import type { Phase } from '../core/desired.ts';
import type { NextStep } from '../core/journey.ts';
import type { Change } from '../core/plan.ts';
import type { VmEntry } from '../core/status.ts';
import { quoteShellWord } from '../core/text.ts';
import { formatDuration, type Instant } from '../core/time.ts';
import type { VmJourney } from '../journey/journey.ts';

interface NextContext {
  readonly entry: VmEntry;
  readonly journey: VmJourney;
  readonly at: Instant;
  readonly phase: { readonly phase: Phase; readonly isDefault?: true };
  /** What the next plan does with the VM; absent: nothing can be done, and `concern` says why. */
  readonly change: Change | undefined;
  /** The critical concern about the VM. */
  readonly concern: Concern | undefined;
  /** The steps of the service in words: `start the final run`. */
  readonly stepTexts: Readonly<Record<string, string>>;
}

/** Says in a few words what happens to a VM next, and who does it. */
export function nextOf(context: NextContext): NextStep {
  const { entry, change, concern, stepTexts, journey } = context;
  if (entry.isLeftOut === true)
    return { actor: 'person', text: 'fix the file of its wave, which was left out' };
  if (change === undefined || change.blockedBy.length > 0) return blockedNext(context);
  const words = (step: string): string => stepTexts[step] ?? step;
  switch (change.action) {
    case 'create':
      return { actor: 'apply', text: 'apply to start its replication' };
    case 'update':
      return {
        actor: 'apply',
        text: `apply to change ${change.fields.map(({ field }) => field).join(', ')}`,
      };
    case 'replace':
      return { actor: 'apply', text: `apply to replace its job: ${change.reason}` };
    case 'delete':
      return { actor: 'apply', text: `apply to delete its job: ${change.reason}` };
    case 'advance':
      return { actor: 'apply', text: `apply to ${words(change.step)}` };
    case 'defer': {
      const { decision } = journey;
      // A full cap: the next apply picks it up.
      const actor = decision?.kind === 'wait' ? decision.actor : 'apply';
      return { actor, text: withProgress(change.reason, journey) };
    }
    case 'no-op':
      return concern === undefined ? idleNext(context) : blockedNext(context);
  }
}

function withProgress(reason: string, { activity }: VmJourney): string {
  if (activity === undefined || activity.isWaiting === true || !activity.text.includes('%')) return reason;
  return `${reason} (${activity.text})`;
}

function blockedNext({ entry, concern, change, journey }: NextContext): NextStep {
  if (change?.blockedBy.includes('phase.unconfirmed') === true) {
    const flag = `--confirm-finalize ${quoteShellWord(change.wave)}`;
    return { actor: 'person', text: `apply ${flag} to finalize it` };
  }
  const found = concern ?? entry.problem ?? journey.concerns[0];
  if (found !== undefined) return { actor: 'person', text: found.message, concern: found.id };
  const blocker = change?.blockedBy[0];
  if (blocker !== undefined) return { actor: 'person', text: `blocked: ${blocker}`, concern: blocker };
  if (entry.vm !== undefined)
    return { actor: 'person', text: 'run `landfall catalog import`: the VM is not in the catalogue' };
  return { actor: 'nobody', text: entry.wave === undefined ? 'another owner manages it' : '' };
}

/** What a VM does for which a plan has no change. */
function idleNext({ journey, entry, at, phase }: NextContext): NextStep {
  const { stage, activity, deadlines } = journey;
  const [deadline] = deadlines;
  const replace = `apply --replace ${quoteShellWord(entry.address)}`;
  switch (stage) {
    case 'finalized':
    case 'archived':
      return { actor: 'nobody', text: '' };
    case 'cut-over':
      return optional(phase.phase === 'cutover' ? 'check it, then set `phase: finalize`' : 'check it');
    case 'testing':
      return optional('check the test instance, then set `phase: cutover`');
    case 'ready-for-cutover':
    case 'replicated-once':
      return optional('set `phase: cutover`');
    case 'paused': {
      const end = deadline?.kind === 'pause' ? ` before AWS deletes it in ${timeUntil(deadline.at, at)}` : '';
      return { actor: 'person', text: `resume its job in the console${end}, or ${replace}` };
    }
    case 'failed':
    case 'ended':
      return { actor: 'person', text: `fix the cause, then ${replace}` };
    case 'failing':
      return {
        actor: 'service',
        text: `AWS tries again${journey.detail === undefined ? '' : ` (${journey.detail})`}`,
      };
    case 'cutting-over':
    case 'lost':
    case 'not-in-catalog':
    case 'replicating':
    case 'seeding':
    case 'unproven':
    case 'waiting':
  }
  if (activity?.isWaiting === true) return { actor: activity.actor ?? 'service', text: activity.text };
  if (activity !== undefined) return { actor: 'service', text: activity.text };
  return { actor: 'service', text: stage === 'seeding' ? 'its first replication' : 'its next replication' };
}

/** What a person may do with a VM that is at its wave's phase. */
function optional(text: string): NextStep {
  return { actor: 'person', text, isOptional: true };
}

/** The time until a moment; `less than a minute` once it has come. */
function timeUntil(moment: Instant, at: Instant): string {
  return moment - at < 60_000 ? 'less than a minute' : formatDuration(moment - at);
}
