import type { Colors } from 'picocolors/types.js';
import { type Concern, incompleteness } from '../../core/concern.ts';
import { formatPlace } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import { describeTargets } from '../../core/lock.ts';
import type { PlannedTarget } from '../../core/plan.ts';
import { quoteShellWord } from '../../core/text.ts';
import { escapeTerminal } from './escape.ts';
import { wrapLine } from './fit.ts';
import { pluralize } from './words.ts';

/** What a text is shown on. */
export interface ScreenOptions {
  readonly colors: Colors;
  /** The width of the terminal in characters; absent or Infinity: lines are as long as they are. */
  readonly columns?: number;
}

export interface TextOptions extends ScreenOptions {
  /** Lists what stays as it is, too, and everything that is otherwise only counted. */
  readonly verbose: boolean;
}

/** A concern, with the names and addresses of other VMs that have the same; `isLater`: they differ in times. */
export type ListedConcern = Concern & {
  readonly alike?: {
    readonly names: readonly string[];
    readonly addresses: readonly string[];
    readonly isLater: boolean;
  };
};

const WARNINGS_SHOWN = 10;

/**
 * Concerns with their places, critical ones first. Those with the same id and remedy have one heading, and the remedy
 * is shown once. Of many like warnings the first few are shown; a critical concern always is.
 */
export function concernLines(concerns: readonly ListedConcern[], options: TextOptions): readonly string[] {
  const critical = concerns.filter(({ severity }) => severity !== 'warning');
  const warnings = concerns.filter(({ severity }) => severity === 'warning');
  const groups = [...groupConcerns(critical), ...groupConcerns(warnings)];
  return wrapLines(
    groups.flatMap((group) => groupLines(group, options)),
    options,
  );
}

type Fix = Pick<ListedConcern, 'remedy' | 'address' | 'alike'>;

/** Groups concerns that have the same id, and the same remedy but for their VMs, in the order in which they first occur. */
export function groupConcerns<T extends Fix & { readonly id: string }>(
  concerns: readonly T[],
): readonly (readonly T[])[] {
  return [
    ...groupBy(concerns, (concern) => JSON.stringify([concern.id, withReplaced(concern, ['*'])])).values(),
  ];
}

/** VMs that the command of a fix names at most. */
const MAX_COMMAND_VMS = 5;

/** The remedy of a group of concerns: if it has a command that replaces the job of one VM, the command is for all. */
export function groupRemedy(group: readonly Fix[]): string | undefined {
  const [first] = group;
  const addresses = new Set(
    group.flatMap(({ address, alike }) => [address ?? [], alike?.addresses ?? []].flat()),
  );
  if (first === undefined || addresses.size <= MAX_COMMAND_VMS)
    return first && withReplaced(first, [...addresses]);
  const remedy = withReplaced(first, ['WAVE/VM']);
  return remedy === first.remedy
    ? remedy
    : `${remedy ?? ''}; give one --replace for each of these ${addresses.size} VMs`;
}

/** Returns the remedy of a concern with a `--replace` for each of these addresses in place of that for its own VM. */
function withReplaced({ remedy, address }: Fix, addresses: readonly string[]): string | undefined {
  if (address === undefined) return remedy;
  const flags = (all: readonly string[]): string =>
    all.map((one) => `--replace ${quoteShellWord(one)}`).join(' ');
  return remedy?.replaceAll(flags([address]), () => flags(addresses));
}

function groupLines(group: readonly ListedConcern[], { colors, verbose }: TextOptions): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { severity, id } = first;
  const remedy = groupRemedy(group);
  const shown = verbose || severity !== 'warning' ? group : group.slice(0, WARNINGS_SHOWN);
  const more = group.length - shown.length;
  return [
    `${(severity === 'warning' ? colors.yellow : colors.red)(severity)} ${colors.dim(id)}`,
    ...shown.flatMap((concern) => [`  ${concernText(concern)}`, ...alikeLines(concern)]),
    ...(more > 0 ? [colors.dim(`  and ${more} more (--verbose shows all)`)] : []),
    ...(remedy === undefined ? [] : [`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`]),
  ];
}

function alikeLines({ alike }: ListedConcern): readonly string[] {
  if (alike === undefined || alike.names.length === 0) return [];
  const { names, isLater } = alike;
  const what = `the same for ${pluralize(names.length, 'other VM')}${isLater ? ', at other times' : ''}`;
  return [`    ${what}: ${escapeTerminal(names.join(', '))}`];
}

function concernText(concern: Concern): string {
  const { place, vm } = concernSubject(concern);
  return escapeTerminal([place, vm, concern.message].filter((part) => part !== undefined).join(': '));
}

/** Returns the place and the VM of a concern; the VM only if the message does not name it. */
export function concernSubject({
  place,
  address,
  shownAs: vm = address,
  message,
}: Pick<Concern, 'place' | 'address' | 'shownAs' | 'message'>): {
  readonly place?: string;
  readonly vm?: string;
} {
  return {
    ...(place !== undefined && { place: formatPlace(place) }),
    ...(vm !== undefined && !message.includes(vm) && { vm }),
  };
}

/** Where a target is, part by part: fixed words, a name, or both. */
export function targetPlace({
  provider,
  region,
  account,
  endpoint,
  credentials,
  jobs,
}: PlannedTarget): readonly { readonly words?: string; readonly name?: string }[] {
  return [
    { name: provider },
    { name: region },
    ...(account === undefined ? [] : [{ words: 'account', name: account }]),
    ...(endpoint === undefined
      ? []
      : [endpoint === 'local' ? { words: 'built-in endpoint' } : { name: endpoint }]),
    ...(credentials === undefined ? [] : [{ words: 'credentials:', name: credentials }]),
    ...(jobs.others > 0 ? [{ words: `${pluralize(jobs.others, 'job')} of others` }] : []),
  ];
}

/** The heading over a target: its name, and where it is. */
export function targetHeading(target: PlannedTarget, colors: Colors): string {
  const where = targetPlace(target).map(({ words, name }) =>
    [words, name].filter((part) => part !== undefined).join(' '),
  );
  return `${colors.bold(escapeTerminal(target.name))} ${colors.dim(`(${escapeTerminal(where.join(', '))})`)}`;
}

/** Breaks lines that are longer than the terminal is wide. */
export function wrapLines(
  lines: readonly string[],
  { columns = Infinity }: ScreenOptions,
): readonly string[] {
  return lines.flatMap((line) => wrapLine(line, columns));
}

/** The line that says what is missing, such as targets that could not be read; no line if all is there. */
export function incompleteLines(concerns: readonly Concern[], colors: Colors): readonly string[] {
  const parts = incompleteParts(incompleteness(concerns)).map(({ targets, words }) =>
    targets.length === 0 ? words : `${describeTargets(targets)} ${words}`,
  );
  if (parts.length === 0) return [];
  return [`${colors.red(colors.bold('Incomplete:'))} ${escapeTerminal(parts.join('; '))}.`];
}

/** What is missing in words, after the targets that it is about; without targets, plan files. */
export function incompleteParts(
  concerns: readonly Concern[],
): readonly { readonly targets: readonly string[]; readonly words: string }[] {
  const targetsOf = (wanted: Concern['id']): readonly string[] =>
    concerns.flatMap(({ id, target }) => (id === wanted && target !== undefined ? [target] : []));
  const [unread, missing] = [targetsOf('target.unreachable'), targetsOf('target.missing')];
  const partial = targetsOf('plan.partial');
  const files = concerns.length - unread.length - missing.length - partial.length;
  return [
    ...(unread.length === 0 ? [] : [{ targets: unread, words: 'could not be read' }]),
    ...(missing.length === 0
      ? []
      : [{ targets: missing, words: missing.length === 1 ? 'has no plan' : 'have no plan' }]),
    ...(partial.length === 0
      ? []
      : [{ targets: partial, words: `${partial.length === 1 ? 'is' : 'are'} planned in part` }]),
    ...(files === 0 ? [] : [{ targets: [], words: `not all plan files could be merged as they are` }]),
  ];
}

/** Joins blocks of lines with an empty line between them; leaves out blocks without lines. Ends in a newline. */
export function joinBlocks(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
