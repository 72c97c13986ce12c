import type { DesiredWave } from '../../core/desired.ts';
import { groupBy } from '../../core/lists.ts';
import { DAY, MAX_SEED_DAYS } from '../../core/limits.ts';
import { isOwnedBy, type Observed } from '../../core/observed.ts';
import { type Change, type CreateChange, type DeferredJob, isExecutable } from '../../core/plan.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { formatDuration, formatInstant, type Instant } from '../../core/time.ts';
import { deferJob } from '../steps.ts';

/** What the starts of a target's waves are spread by. */
export interface StaggerInput {
  readonly project: string;
  readonly observed: Observed;
  readonly traits: ProviderTraits;
}

type Stagger = NonNullable<DesiredWave['stagger']>;

/** When a replication starts. `isSet`: by starts that the account shows, whatever the time of the plan. */
interface Start {
  readonly at: Instant;
  readonly isSet: boolean;
}

/** What the starts of a run are spread by. */
export interface StaggerRules {
  /** The waves of the project, by name. */
  readonly waves: ReadonlyMap<string, DesiredWave>;
  /** Writes a time in the time zone of a wave. */
  readonly display: (at: Instant, timeZone: string) => string;
  /** Defers a start that windows do not allow at a time; undefined: they allow it. */
  readonly shutAt: (change: CreateChange, at: Instant) => DeferredJob | undefined;
}

/**
 * Spreads the starts of replications, so that no more than `batch` of a wave start in any interval of `every`, counting
 * those that the account shows. A service with a setting for the start of a job (SMS) creates all jobs, and each starts in
 * its turn, unless no window allows it then; on any other, a start waits for a run after its turn has come. A VM with a
 * start of its own keeps it. What is written of a turn that follows from the time of the plan does not name the moment:
 * the same plan has the same text a minute later.
 */
export function staggerStarts(
  { project, observed, traits }: StaggerInput,
  { waves, display, shutAt }: StaggerRules,
  changes: readonly Change[],
  when: 'before-caps' | 'after-caps',
): readonly Change[] {
  const setting = startSetting(traits);
  // A start that waits must take no slot; one that has a slot is given its time.
  if ((setting === undefined) !== (when === 'before-caps')) return changes;
  const isNew = (change: Change): change is CreateChange =>
    change.action === 'create' && isExecutable(change) && change.settings[setting ?? ''] === undefined;
  const staggered = new Map<Change, Change>();
  for (const [name, creates] of groupBy(changes.filter(isNew), ({ wave }) => wave)) {
    const { stagger, cutover } = waves.get(name) ?? {};
    if (stagger === undefined) continue;
    const { at: now } = observed;
    const rate = `wave ${name} starts ${stagger.batch} in ${intervalText(stagger.every)}`;
    const starts = observed.jobs
      .filter((job) => isOwnedBy(job, project) && job.owner.wave === name)
      .flatMap(({ startsAt }) => startsAt ?? [])
      .filter((at) => at > now - stagger.every)
      .toSorted((a, b) => a - b)
      .map((at): Start => ({ at, isSet: true }));
    for (const change of creates) {
      const start = nextStart(starts, stagger, now);
      const { at, isSet } = start;
      const moment = display(at, cutover?.timeZone ?? 'UTC');
      const isFar = at > now + MAX_SEED_DAYS * DAY;
      if (at > now && (setting === undefined || isFar)) {
        const reason = `${rate}: its turn comes ${isSet ? moment : 'later'}`;
        staggered.set(change, deferJob(change, reason, { heldBy: 'time', opensAt: at }));
        continue;
      }
      const shut = at > now ? shutAt(change, at) : undefined;
      if (shut !== undefined) {
        staggered.set(change, { ...shut, reason: `${rate}; when its turn comes, ${shut.reason}` });
        continue;
      }
      starts.push(start);
      if (at <= now || setting === undefined) continue;
      const turn = isSet ? moment : `${intervalText(at - now)} after it is applied`;
      staggered.set(change, withSeed(change, { setting, at }, `starts ${turn}: ${rate}`, traits));
    }
  }
  return changes.map((change) => staggered.get(change) ?? change);
}

/** The setting of a service that says when a job starts; undefined: it starts when it is created. */
export function startSetting({ fields }: Pick<ProviderTraits, 'fields'>): string | undefined {
  return fields.find(({ column }) => column?.column === 'start')?.name;
}

/** When the next replication of a wave may start, after those that have started or will. */
function nextStart(starts: readonly Start[], { every, batch }: Stagger, now: Instant): Start {
  const before = starts.at(-batch);
  const isLater = before !== undefined && before.at + every > now;
  return isLater ? { at: before.at + every, isSet: before.isSet } : { at: now, isSet: false };
}

function intervalText(milliseconds: number): string {
  return formatDuration(milliseconds).replace(/ 0 \w+$/, '');
}

/** Lets a new job start later. */
function withSeed(
  change: CreateChange,
  seed: NonNullable<CreateChange['seed']>,
  effect: string,
  traits: ProviderTraits,
): CreateChange {
  // What the service says of a start at once does not hold.
  const settings = { ...change.settings, [seed.setting]: formatInstant(seed.at) };
  const others = traits.startEffects(settings, Number.NEGATIVE_INFINITY);
  return { ...change, seed, effects: [...others, effect] };
}
