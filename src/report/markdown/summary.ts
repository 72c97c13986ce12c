import type { Concern } from '../../core/concern.ts';
import { formatPlace } from '../../core/error.ts';
import {
  type Capacity,
  hasChanges,
  type Plan,
  type PlannedTarget,
  runRefusals,
  targetRefusals,
} from '../../core/plan.ts';
import { groupBy } from '../text/table.ts';
import { pluralize } from '../text/words.ts';
import { type Detail, joinItems } from './compose.ts';
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
      : `**Blocked** by ${pluralize(critical.length, 'critical concern')}:\n\n${concernList(critical, detail)}`,
    capacityBlock(plan.capacity, detail),
    warnings.length === 0
      ? ''
      : fold(`<b>${pluralize(warnings.length, 'warning')}</b>`, concernList(warnings, detail)),
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
      ...(jobs.others > 0 ? [`${pluralize(jobs.others, 'job')} of others`] : []),
    ];
    return `${code(name, detail.name)} (${where.join(', ')})`;
  };
  return `On ${joinItems(targets, detail, say)}.`;
}

/** What a list says of a concern. */
type ListedConcern = Pick<Concern, 'place' | 'address' | 'message' | 'remedy'> & { readonly id: string };

/** One item a concern; a remedy that several have in common is said once. */
export function concernList(concerns: readonly ListedConcern[], detail: Detail): string {
  const shown = concerns.slice(0, detail.items);
  const more = concerns.length - shown.length;
  const groups = groupBy(shown, ({ id, remedy = '' }) => JSON.stringify([id, remedy]));
  return [
    ...[...groups.values()].flatMap((group) => groupLines(group, detail)),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

function groupLines(group: readonly ListedConcern[], detail: Detail): readonly string[] {
  const { id = '', remedy } = group[0] ?? {};
  const fix = remedy === undefined ? [] : [`  - Fix: ${prose(remedy, detail.text)}`];
  const [first = '', ...others] = group.map((concern) => concernText(concern, detail));
  if (others.length === 0) return [`- ${code(id, 60)} ${first}`, ...fix];
  return [`- ${code(id, 60)}`, ...[first, ...others].map((text) => `  - ${text}`), ...fix];
}

function concernText({ place, address, message }: ListedConcern, detail: Detail): string {
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

/** The first line of a plan in Markdown: its counts, with what is lost in bold. */
function countsLine(plan: Plan, { name }: Detail): string {
  const { summary } = plan;
  const project = code(plan.project, name);
  if (runRefusals(plan).length === 0 && !hasChanges(plan)) return noChangesLine(project, plan, name);
  const irreversible = plan.changes.filter(
    (change) => change.irreversible === true && change.action === 'advance' && change.blockedBy.length === 0,
  ).length;
  const counts = [
    `${summary.create} to create`,
    `${summary.update} to update`,
    `${summary.replace} to replace`,
    boldUnlessZero(summary.delete, `${summary.delete} to delete`),
    ...(summary.advance > 0 ? [`${summary.advance} to advance`] : []),
    ...(irreversible > 0 ? [boldUnlessZero(irreversible, `${irreversible} that cannot be undone`)] : []),
    ...(summary.defer > 0 ? [`${summary.defer} deferred`] : []),
    `${summary.noOp} unchanged`,
    ...(summary.blocked > 0 ? [boldUnlessZero(summary.blocked, `${summary.blocked} blocked`)] : []),
  ];
  return `Plan for ${project}: ${counts.join(', ')}.`;
}

function noChangesLine(project: string, plan: Plan, name: number): string {
  const { noOp, defer, blocked } = plan.summary;
  const refused = [...new Set(targetRefusals(plan).map(({ id }) => id))];
  const waiting = [
    ...(defer > 0 ? [`${defer} deferred`] : []),
    ...(blocked > 0 ? [boldUnlessZero(blocked, `${blocked} blocked`)] : []),
    ...(blocked === 0 && refused.length > 0
      ? [
          boldUnlessZero(
            1,
            `nothing more while there is ${refused.map((id) => code(id, name)).join(' and ')}`,
          ),
        ]
      : []),
  ];
  const now = waiting.length > 0 ? ' now' : '';
  const match = `${pluralize(noOp, 'replication job')} ${noOp === 1 ? 'matches' : 'match'} the manifests`;
  return `No changes for ${project}${now}: ${[match, ...waiting].join(', ')}.`;
}

function boldUnlessZero(number: number, words: string): string {
  return number > 0 ? `**${words}**` : words;
}
