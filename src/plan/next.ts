import type { Concern } from '../core/concern.ts';
import type { Phase } from '../core/desired.ts';
import type { Actor, NextStep, WaitKind } from '../core/journey.ts';
import { type Change, CONFIRMED_BY, type DeferredJob, type DeferredStep } from '../core/plan.ts';
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
  /** The critical concerns about the target. */
  readonly ofTarget: readonly Concern[];
  /** The steps of the service in words: `start the final run`. */
  readonly stepTexts: Readonly<Record<string, string>>;
  /** Whether the service can replace a job. */
  readonly canReplace: boolean;
}

/** Says in a few words what happens to a VM next, who does it, and what it waits for. */
export function nextOf(context: NextContext): NextStep {
  const step = stepOf(context);
  const waitsFor = waitKindOf(context, step);
  return waitsFor === undefined ? step : { ...step, waitsFor };
}

function waitKindOf({ change, journey, entry, at }: NextContext, step: NextStep): WaitKind | undefined {
  const { activity, connectorProblem, decision } = journey;
  if (step.actor === 'apply' || step.actor === 'nobody') return undefined;
  if (step.text === connectorProblem) return 'connector';
  if (step.actor === 'person') return 'person';
  if (activity !== undefined) return activity.isWaiting === true ? 'cap' : 'run';
  if (change?.heldBy !== undefined) return change.heldBy === 'time' ? 'window' : 'wave';
  if (change?.action === 'defer') return decision?.kind === 'wait' ? 'service' : 'cap';
  return (entry.job?.nextRunAt ?? 0) > at ? 'schedule' : 'service';
}

function stepOf(context: NextContext): NextStep {
  const { entry, change, concern, stepTexts, journey } = context;
  if (entry.isLeftOut === true)
    return { actor: 'person', text: 'fix the file of its wave, which was left out' };
  if (change?.blockedBy.length === 1 && change.blockedBy[0] === 'phase.stopped')
    return { ...idleNext(context), concern: 'phase.stopped' };
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
    case 'defer':
      return { actor: waitActor(change, journey), text: withProgress(change.reason, journey) };
    case 'no-op':
      return concern === undefined ? idleNext(context) : blockedNext(context);
  }
}

/** Says who ends a wait; a full cap has room once the service has completed other replications. */
function waitActor(
  { reason, heldBy, opensAt }: DeferredJob | DeferredStep,
  { decision, connectorProblem }: VmJourney,
): Actor {
  if (heldBy === 'suspension' || (heldBy === 'time' && opensAt === undefined)) return 'person';
  if (reason === connectorProblem) return 'person';
  return decision?.kind === 'wait' && decision.reason === reason ? decision.actor : 'service';
}

function withProgress(reason: string, { activity }: VmJourney): string {
  if (activity === undefined || activity.isWaiting === true) return reason;
  const [percent, what = ''] = /^(.*?)\s*\d+\s*%$/.exec(activity.text) ?? [];
  if (percent === undefined) return reason;
  // "waits for its initial sync (initial sync 42 %)" says it twice.
  return `${reason} (${reason.endsWith(what) ? percent.slice(what.length).trim() : percent})`;
}

/** What a person does about a concern, in a few words, where the concern's own fix is longer than a table has room for. */
const SHORT_FIXES: Readonly<Record<string, string>> = {
  'endpoint.other-vms': 'run `landfall local load FILE`',
  'vm.unknown': 'fix its name, or run `landfall catalog import`',
  'vm.identity-mismatch': 'remove the wrong identifier from the manifest',
  'phase.lost': 'remove it from the manifests, or replicate it again',
  'phase.not-proven': 'look for its AMI in EC2',
  'phase.ended': 'remove it from the manifests, or ask AWS for an extension',
  'phase.not-back': 'undo the change of its phase',
  'phase.disconnected': 'remove it from the manifests, or replicate it again',
};

function blockedNext({ entry, concern, ofTarget, change, journey, stepTexts }: NextContext): NextStep {
  if (
    change?.destroys !== undefined &&
    change.blockedBy.some((id) => id.endsWith('unconfirmed') || id === 'phase.reverted')
  ) {
    const flag = `--confirm-${CONFIRMED_BY[change.destroys]} ${quoteShellWord(change.wave)}`;
    const { step = '' } = change;
    return { actor: 'person', text: `apply ${flag} to ${stepTexts[step] ?? change.destroys}` };
  }
  if (change?.blockedBy.includes('phase.change-unconfirmed') === true) {
    const what = change.action === 'delete' ? 'release it' : 'change it';
    return { actor: 'person', text: `apply --confirm-change ${quoteShellWord(change.wave)} to ${what}` };
  }
  const found = concern ?? entry.problem ?? journey.concerns[0];
  if (found !== undefined) {
    const text = SHORT_FIXES[found.id] ?? found.remedy ?? found.message;
    return { actor: 'person', text, concern: found.id };
  }
  const blocker = change?.blockedBy[0];
  // A VM that the account does not know is missing because of what is wrong with the account.
  const shared = ofTarget.find(({ id }) => blocker === undefined || id === blocker);
  if (shared !== undefined && (blocker !== undefined || entry.vm !== undefined))
    return {
      actor: 'person',
      text: SHORT_FIXES[shared.id] ?? shared.remedy ?? shared.message,
      concern: shared.id,
    };
  if (blocker !== undefined) return { actor: 'person', text: `blocked: ${blocker}`, concern: blocker };
  if (entry.vm !== undefined) return { actor: 'person', text: 'make sure that the account knows the VM' };
  return { actor: 'nobody', text: entry.wave === undefined ? 'another owner manages it' : '' };
}

/** What a VM does for which a plan has no change. */
function idleNext({ journey, entry, at, phase, canReplace }: NextContext): NextStep {
  const { stage, activity, deadlines } = journey;
  const [deadline] = deadlines;
  if (journey.concerns.some(({ id }) => id === 'job.actions-failed'))
    return { actor: 'person', text: 'fix the cause, then launch it again', concern: 'job.actions-failed' };
  const replace = canReplace ? `apply --replace ${quoteShellWord(entry.address)}` : undefined;
  switch (stage) {
    case 'finalized':
    case 'archived':
      return { actor: 'nobody', text: '' };
    case 'cut-over':
    case 'replicated-once':
      if (phase.phase === 'cutover') return optional('check it, then set `phase: finalize`');
      return optional(stage === 'cut-over' ? 'check it' : 'set `phase: cutover`');
    case 'testing':
      return optional('check the test instance, then set `phase: cutover`');
    case 'ready-for-cutover':
      return optional('set `phase: cutover`');
    case 'paused': {
      const end = deadline?.kind === 'pause' ? `deleted by AWS in ${timeUntil(deadline.at, at)}: ` : '';
      const resume = `${end}resume it in the console`;
      return { actor: 'person', text: replace === undefined ? resume : `${resume}, or ${replace}` };
    }
    case 'failed':
    case 'ended': {
      const first = stage === 'failed' ? 'fix the cause' : 'ask AWS for an extension of the 90 days';
      const flag = stage === 'ended' ? ' --force=lifetime' : '';
      return { actor: 'person', text: replace === undefined ? first : `${first}, then ${replace}${flag}` };
    }
    case 'failing':
      if (activity?.isWaiting === true) break;
      for (const { id } of journey.concerns)
        if (id === 'job.stalled' || id === 'job.stuck')
          return { actor: 'person', text: 'fix the cause of the stall', concern: id };
      return { actor: 'service', text: 'AWS tries again' };
    case 'cutting-over':
    case 'lost':
    case 'not-in-catalog':
    case 'replicating':
    case 'seeding':
    case 'unproven':
    case 'waiting':
  }
  if (activity?.isWaiting === true) return { actor: activity.actor ?? 'service', text: activity.text };
  // What the stage says already is not said again.
  if (activity !== undefined && activity.text !== journey.detail)
    return { actor: 'service', text: activity.text };
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
