import type { DesiredWave } from '../../core/desired.ts';
import { groupBy } from '../../core/lists.ts';
import { DAY, MAX_SEED_DAYS } from '../../core/limits.ts';
import { isOwnedBy, type Observed } from '../../core/observed.ts';
import { type Change, type CreateChange, isExecutable } from '../../core/plan.ts';
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

/**
 * Spreads the starts of replications, so that no more than `batch` of a wave start in any interval of `every`, counting
 * those that the account shows. A service with a setting for the start of a job (SMS) creates all jobs, and each starts in
 * its turn; on any other, a start waits for a run after its turn has come. A VM with a start of its own keeps it.
 * @param waves those with a stagger, by name
 * @param display writes a time in the time zone of a wave
 */
export function staggerStarts(
  { project, observed, traits }: StaggerInput,
  waves: ReadonlyMap<string, DesiredWave>,
  changes: readonly Change[],
  when: 'before-caps' | 'after-caps',
  display: (at: Instant, timeZone: string) => string,
): readonly Change[] {
  const setting = traits.fields.find(({ column }) => column?.column === 'start')?.name;
  // A start that waits must take no slot; one that has a slot is given its time.
  if ((setting === undefined) !== (when === 'before-caps')) return changes;
  const isNew = (change: Change): change is CreateChange =>
    change.action === 'create' && isExecutable(change) && change.settings[setting ?? ''] === undefined;
  const staggered = new Map<Change, Change>();
  for (const [name, creates] of groupBy(changes.filter(isNew), ({ wave }) => wave)) {
    const { stagger, cutover } = waves.get(name) ?? {};
    if (stagger === undefined) continue;
    const { at: now } = observed;
    const zone = cutover?.timeZone ?? 'UTC';
    const starts = observed.jobs
      .filter((job) => isOwnedBy(job, project) && job.owner.wave === name)
      .flatMap(({ startsAt }) => startsAt ?? [])
      .filter((at) => at > now - stagger.every)
      .toSorted((a, b) => a - b);
    for (const change of creates) {
      const at = nextStart(starts, stagger, now);
      const isFar = at > now + MAX_SEED_DAYS * DAY;
      if (at > now && (setting === undefined || isFar)) {
        const when = `${display(at, zone)}, in ${formatDuration(at - now)}`;
        const reason = `starts ${when}: ${rateText(name, stagger)}`;
        staggered.set(change, deferJob(change, reason, { heldBy: 'time', opensAt: at }));
        continue;
      }
      starts.push(at);
      if (at > now && setting !== undefined)
        staggered.set(
          change,
          withSeed(
            change,
            { setting, at },
            `starts ${display(at, zone)}: ${rateText(name, stagger)}`,
            traits,
          ),
        );
    }
  }
  return changes.map((change) => staggered.get(change) ?? change);
}

/** When the next replication of a wave may start, after those that have started or will. */
function nextStart(starts: readonly Instant[], { every, batch }: Stagger, now: Instant): Instant {
  const before = starts.at(-batch);
  return before === undefined ? now : Math.max(now, before + every);
}

function rateText(wave: string, { every, batch }: Stagger): string {
  return `wave ${wave} starts ${batch} in ${formatDuration(every).replace(/ 0 \w+$/, '')}`;
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
