import type { Freshness } from '../../core/apply-result.ts';
import { incompleteness } from '../../core/concern.ts';
import { isStopped, type Stage } from '../../core/journey.ts';
import { addToGroup, groupBy, incrementCount } from '../../core/lists.ts';
import {
  type Action,
  type Capacity,
  type Change,
  hasChanges,
  type Plan,
  runRefusals,
  targetRefusals,
} from '../../core/plan.ts';
import { displayInstant } from '../../core/time.ts';
import { type Count, matchingText, pluralize, stagesText } from '../text/words.ts';

// What the text and the Markdown of a plan have in common: which counts, words, groups and sentences they show, and in
// which order. The renderers only lay it out.

interface ActionStyle {
  readonly action: Action;
  /** Marks a change on a terminal. */
  readonly symbol: string;
  /** Marks it in a diff, where the first character decides the colour of the line. */
  readonly diffSymbol: string;
  readonly color: 'red' | 'yellow' | 'green' | 'dim';
  readonly counted: string;
}

/** All actions: what deletes comes first and is the last to be cut, what changes nothing comes last. */
export const ACTION_STYLES: readonly ActionStyle[] = [
  { action: 'delete', symbol: '-', diffSymbol: '-', color: 'red', counted: 'to delete' },
  { action: 'replace', symbol: '-/+', diffSymbol: '-/+', color: 'red', counted: 'to replace' },
  { action: 'advance', symbol: '>', diffSymbol: '!', color: 'yellow', counted: 'to advance' },
  { action: 'update', symbol: '~', diffSymbol: '!', color: 'yellow', counted: 'to update' },
  { action: 'create', symbol: '+', diffSymbol: '+', color: 'green', counted: 'to create' },
  { action: 'defer', symbol: '…', diffSymbol: '#', color: 'dim', counted: 'deferred' },
  { action: 'no-op', symbol: '=', diffSymbol: '#', color: 'dim', counted: 'unchanged' },
];

/** The first line of a plan: its counts, or that nothing changes and why. */
export interface Headline {
  /** Absent: the plan changes something, or is refused. */
  readonly noChanges?: {
    /** How it begins: of a part of what was asked for, it says that this is one. */
    readonly lead: string;
    readonly matching: string;
    readonly isWaiting: boolean;
  };
  readonly counts: readonly Count[];
  /** Ids of the guards that refuse the whole run. */
  readonly refusedBy: readonly string[];
}

/** Counts the VMs that match the manifests, by stage where nothing waits, and those that do not replicate. */
function matchingVms(
  { summary, stopped, failing, differing, ahead, stages }: Plan,
  isWaiting: boolean,
): string {
  const moving = Object.fromEntries(
    Object.entries(stages).filter(([stage]) => stage !== 'failing' && !isStopped(stage as Stage)),
  );
  const list = isWaiting || ahead > 0 ? '' : stagesText(moving);
  const rest = [
    ...(failing > 0 ? [`${pluralize(failing, 'VM')} ${failing === 1 ? 'is' : 'are'} failing`] : []),
    ...(stopped > 0 ? [`${pluralize(stopped, 'VM')} ${stopped === 1 ? 'does' : 'do'} not replicate`] : []),
    ...(differing > 0
      ? [`${pluralize(differing, 'VM')} ${differing === 1 ? 'differs' : 'differ'} in what cannot be changed`]
      : []),
    ...(ahead > 0
      ? [
          `${pluralize(ahead, 'VM')} ${ahead === 1 ? 'is' : 'are'} ahead of the phase of ${ahead === 1 ? 'its' : 'their'} wave`,
        ]
      : []),
  ];
  return [
    `${matchingText(summary.noOp - stopped - failing - differing - ahead)}${list === '' ? '' : ` (${list})`}`,
    ...rest,
  ].join(', ');
}

export function planHeadline(plan: Plan): Headline {
  const { defer, blocked } = plan.summary;
  const refusedBy = [...new Set(runRefusals(plan).map(({ id }) => id))];
  if (refusedBy.length === 0 && !hasChanges(plan)) {
    const targetIds = [...new Set(targetRefusals(plan).map(({ id }) => id))];
    const counts = [
      ...(defer > 0 ? [{ words: `${defer} deferred` }] : []),
      ...(blocked > 0 ? [{ words: `${blocked} blocked by critical concerns`, isLoss: true }] : []),
      ...(blocked === 0 && targetIds.length > 0
        ? [{ words: 'other changes blocked by', names: targetIds, isLoss: true }]
        : []),
    ];
    const matching = matchingVms(plan, counts.length > 0);
    const isWaiting = counts.length > 0;
    const lead = `No changes${isWaiting ? ' now' : ''}${incompleteness(plan.concerns).length > 0 ? ' in what could be planned' : ''}`;
    return { noChanges: { lead, matching, isWaiting }, counts, refusedBy };
  }
  return { counts: planCounts(plan), refusedBy };
}

/** Counts the changes of a plan; those of create, update and delete also where there are none, as reviewers expect. */
function planCounts({ changes, summary }: Plan): readonly Count[] {
  const { create, update, replace, delete: deletes, advance, defer, noOp, blocked } = summary;
  return [
    { words: `${create} to create` },
    { words: `${update} to update` },
    ...(replace > 0 ? [{ words: `${replace} to replace` }] : []),
    actionCount('delete', deletes, destructionsOf(changes)),
    ...(advance > 0 ? [actionCount('advance', advance, destructionsOf(changes))] : []),
    ...(defer > 0 ? [{ words: `${defer} deferred` }] : []),
    ...(noOp > 0 ? [{ words: `${noOp} unchanged` }] : []),
    ...(blocked > 0 ? [{ words: `${blocked} blocked`, isLoss: true }] : []),
  ];
}

/** The changes that destroy something, without those that are blocked. */
function destructionsOf(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ destroys, blockedBy }) => destroys !== undefined && blockedBy.length === 0);
}

/** Counts the changes of an action, and those of them that destroy something: `3 to advance (1 destroys)`. */
function actionCount(action: Action, number: number, destructions: readonly Change[]): Count {
  const destroyed = destructions.filter((change) => change.action === action).length;
  const counted = ACTION_STYLES.find((style) => style.action === action)?.counted ?? action;
  const words = `${number} ${counted}`;
  if (destroyed === 0) return { words, isLoss: action === 'delete' && number > 0 };
  return { words: `${words} (${destroyed} ${destroyed === 1 ? 'destroys' : 'destroy'})`, isLoss: true };
}

/** What a refusal by a guard means; the ids of the guards come before it. */
export const REFUSED_WORDS = 'apply will change nothing.';

/** The changes of one wave on one target. */
export interface WaveView {
  readonly target: string;
  readonly wave: string;
  readonly changes: readonly Change[];
  /** Whether anything changes, waits or is blocked in it. */
  readonly hasChanges: boolean;
}

/** Groups changes by wave, in the order of the plan. */
export function waveViews(changes: readonly Change[]): readonly WaveView[] {
  const groups = new Map<string, Map<string, Change[]>>();
  for (const change of changes) {
    const { target, wave } = change;
    let ofTarget = groups.get(target);
    if (ofTarget === undefined) groups.set(target, (ofTarget = new Map<string, Change[]>()));
    addToGroup(ofTarget, wave, change);
  }
  return [...groups].flatMap(([target, waves]) =>
    [...waves].map(([wave, group]) => ({
      ...{ target, wave, changes: group },
      hasChanges: group.some(({ action, blockedBy }) => action !== 'no-op' || blockedBy.length > 0),
    })),
  );
}

/** Counts the changes of a wave by action, without those that are blocked, and then these. */
export function waveCounts(changes: readonly Change[], withUnchanged: boolean): readonly Count[] {
  const counts = new Map<string, number>();
  let blocked = 0;
  for (const { action, blockedBy } of changes)
    if (blockedBy.length > 0) blocked += 1;
    else incrementCount(counts, action);
  const destructions = destructionsOf(changes);
  return [
    ...ACTION_STYLES.flatMap(({ action }) => {
      const number = counts.get(action) ?? 0;
      return number === 0 || (action === 'no-op' && !withUnchanged)
        ? []
        : [actionCount(action, number, destructions)];
    }),
    ...(blocked > 0 ? [{ words: `${blocked} blocked`, isLoss: true }] : []),
  ];
}

/** How full a cap is, and what the run does to it. */
export interface CapacityView extends Pick<Capacity, 'target' | 'wave'> {
  readonly counts: readonly Count[];
  /** Whether the run uses or reaches the cap. */
  readonly isTouched: boolean;
}

const CAPACITY_WORDS = { jobs: 'jobs of the service', 'servers-in-jobs': 'servers in jobs' };

export function capacityViews(capacity: readonly Capacity[]): readonly CapacityView[] {
  return capacity.map(({ target, wave, of, limit, active, freed, starting, deferred }) => ({
    target,
    ...(wave !== undefined && { wave }),
    counts: [
      { words: `${active} of ${limit} ${of === undefined ? 'active' : CAPACITY_WORDS[of]}` },
      ...(freed > 0 ? [{ words: `${freed} freed` }] : []),
      ...(starting > 0 ? [{ words: `${starting} starting` }] : []),
      ...(deferred > 0 ? [{ words: `${deferred} deferred`, isLoss: true }] : []),
    ],
    isTouched: freed + starting + deferred > 0 || active >= limit,
  }));
}

/** Returns the sentence about freshness: its first words, and the rest. A reason, which is untrusted, follows it. */
export function freshnessWords({ status, drift }: Freshness): {
  readonly lead: string;
  readonly rest: string;
} {
  switch (status) {
    case 'fresh':
      return { lead: 'Still fresh:', rest: 'no resource in this plan has changed' };
    case 'stale': {
      const { size } = groupBy(drift, ({ target, address }) => JSON.stringify([target, address]));
      const verb = size === 1 ? 'has' : 'have';
      return {
        lead: 'Stale:',
        rest: `${pluralize(size, 'resource')} in this plan ${verb} changed; plan again`,
      };
    }
    case 'unchecked':
      return { lead: 'Freshness could not be checked:', rest: '' };
  }
}

/** The sentences about windows: which do not hold for the run, and until when the plan can be applied. Not escaped. */
export function scheduleSentences({
  validUntil,
  overrides = [],
  policyOverrides = [],
}: Plan): readonly string[] {
  return [
    ...overrides.map(({ window, reason }) => `Window ${window} does not hold for this run: ${reason}`),
    ...policyOverrides.map(({ policy, reason }) => `Policy ${policy} blocks nothing in this run: ${reason}`),
    ...(validUntil === undefined ? [] : [`Apply before ${displayInstant(validUntil)}: a window shuts then.`]),
  ];
}
