import type { Concern } from '../../core/concern.ts';
import { formatPlace } from '../../core/error.ts';
import { type Capacity, type Plan, type PlannedTarget, runRefusals } from '../../core/plan.ts';
import { count } from '../count.ts';
import { groupBy } from '../group.ts';
import { countsLine } from './counts.ts';
import { type Detail, listed } from './detail.ts';
import { code, prose } from './escape.ts';
import { fold } from './section.ts';

/** What stands above the waves and is never cut: counts, targets, what is refused and blocked, capacity; warnings in a fold. */
export function summaryBlocks(plan: Plan, detail: Detail): readonly string[] {
  const refusals = [...new Set(runRefusals(plan).map(({ id }) => id))];
  const critical = plan.concerns.filter(({ severity }) => severity !== 'warning');
  const warnings = plan.concerns.filter(({ severity }) => severity === 'warning');
  return [
    countsLine(plan, detail),
    targetsLine(plan.targets, detail),
    refusals.length === 0
      ? ''
      : `**Refused** by ${refusals.map((id) => code(id, 60)).join(' and ')}: apply carries out nothing of this plan.`,
    critical.length === 0
      ? ''
      : `**Blocked** by ${count(critical.length, 'critical concern')}:\n\n${concernLines(critical, detail)}`,
    capacityBlock(plan.capacity, detail),
    warnings.length === 0
      ? ''
      : fold(`<b>${count(warnings.length, 'warning')}</b>`, concernLines(warnings, detail)),
  ].filter((block) => block !== '');
}

/** Which targets it is about, and where they are. */
export function targetsLine(targets: readonly PlannedTarget[], detail: Detail): string {
  if (targets.length === 0) return '';
  const say = ({ name, provider, region, account, endpoint, jobs }: PlannedTarget): string => {
    const where = [
      code(provider, detail.name),
      code(region, detail.name),
      ...(account === undefined ? [] : [`account ${code(account, detail.name)}`]),
      ...(endpoint === undefined
        ? []
        : [endpoint === 'local' ? 'built-in endpoint' : code(endpoint, detail.name)]),
      ...(jobs.others > 0 ? [`${count(jobs.others, 'job')} of others`] : []),
    ];
    return `${code(name, detail.name)} (${where.join(', ')})`;
  };
  return `On ${listed(targets, detail, say)}.`;
}

/** What a list says of a concern. */
type Told = Pick<Concern, 'place' | 'address' | 'message' | 'remedy'> & { readonly id: string };

/** One item a concern; a remedy that several have in common is said once. */
export function concernLines(concerns: readonly Told[], detail: Detail): string {
  const shown = concerns.slice(0, detail.items);
  const more = concerns.length - shown.length;
  const groups = groupBy(shown, ({ id, remedy = '' }) => JSON.stringify([id, remedy]));
  return [
    ...[...groups.values()].flatMap((group) => groupLines(group, detail)),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

function groupLines(group: readonly Told[], detail: Detail): readonly string[] {
  const { id = '', remedy } = group[0] ?? {};
  const fix = remedy === undefined ? [] : [`  - Fix: ${prose(remedy, detail.text)}`];
  const [first = '', ...others] = group.map((concern) => concernText(concern, detail));
  if (others.length === 0) return [`- ${code(id, 60)} ${first}`, ...fix];
  return [`- ${code(id, 60)}`, ...[first, ...others].map((text) => `  - ${text}`), ...fix];
}

function concernText({ place, address, message }: Told, detail: Detail): string {
  const where = place === undefined ? '' : `${code(formatPlace(place), detail.name)}: `;
  const who = address === undefined || message.includes(address) ? '' : `${code(address, detail.name)}: `;
  return where + who + prose(message, detail.text);
}

function capacityBlock(capacity: readonly Capacity[], detail: Detail): string {
  // A cap that the run does not come near tells a reviewer nothing.
  const touched = capacity.filter(
    ({ freed, starting, deferred, active, limit }) => freed + starting + deferred > 0 || active >= limit,
  );
  if (touched.length === 0) return '';
  const lines = touched.slice(0, detail.items).map((cap) => `- ${capacityText(cap, detail)}`);
  const more = touched.length - lines.length;
  return ['**Capacity**', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function capacityText(
  { target, wave, of, limit, active, freed, starting, deferred }: Capacity,
  { name }: Detail,
): string {
  const whose = wave === undefined ? code(target, name) : `wave ${code(wave, name)} on ${code(target, name)}`;
  const what = of === undefined ? 'active' : of === 'jobs' ? 'jobs of the service' : 'servers in jobs';
  const parts = [
    `${active} of ${limit} ${what}`,
    ...(freed > 0 ? [`${freed} freed`] : []),
    ...(starting > 0 ? [`${starting} starting`] : []),
    ...(deferred > 0 ? [`**${deferred} deferred**`] : []),
  ];
  return `${whose}: ${parts.join(', ')}`;
}
