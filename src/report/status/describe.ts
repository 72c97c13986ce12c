import type { Deadline, NextStep, RecoveryPoint } from '../../core/journey.ts';
import type { JobHistory, SettingComparison, VmDescription } from '../../core/status.ts';
import {
  displayInstant,
  displaySecond,
  formatDuration,
  formatInstant,
  type Instant,
} from '../../core/time.ts';
import { formatPlace } from '../../core/error.ts';
import { toConcern } from '../plan/json.ts';
import { concernLines, joinBlocks, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { foldRows } from '../text/table.ts';
import { nameWithWave, settingText } from '../text/words.ts';
import { toServer } from './jobs.ts';
import { toVm } from './data.ts';
import { stageText } from './columns.ts';
import { launchBlocks, runTable, toHistory } from './runs.ts';

/** Everything that is known of a VM, in blocks under headings. Ends in a newline. */
export function renderDescriptionText(description: VmDescription, options: ScreenOptions): string {
  const { colors, columns = Infinity } = options;
  const { vm, settings, jobs, concerns } = description;
  const indented = (rows: readonly (readonly string[])[]): readonly string[] =>
    foldRows(rows, columns - 2, {}, Infinity).flatMap((lines) => lines.map((line) => `  ${line}`));
  const block = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
    rows.length === 0 ? [] : [colors.bold(title), ...indented(rows)];
  const event = (what: string, at: Instant | undefined): readonly string[] => [
    escapeTerminal(what),
    at === undefined ? '' : displayInstant(at),
  ];
  return joinBlocks([
    block(nameWithWave(vm), overview(description)),
    block(
      'Evidence',
      vm.evidence.map(({ what, id, at }) =>
        event(id === undefined || what.includes(id) ? what : `${what}: ${id}`, at),
      ),
    ),
    block(
      'Outputs',
      vm.outputs.map(({ of, kind, id, at }) => [of.replace('-', ' '), kind, ...event(id, at)]),
    ),
    block('Settings', settings.map(settingRow)),
    ...jobs.map((job) => historyBlock(job, { colors, columns: columns - 2 })),
    ...jobs.flatMap(({ launches = [] }) => launchBlocks(launches, options)),
    concernLines(concerns, { ...options, verbose: true }),
  ]);
}

/** The rows above the tables: what is said in one line each. */
function overview({ at, vm, target, phase }: VmDescription): readonly (readonly string[])[] {
  const { server, wave, vm: listed, activity, next, recoveryPoint, nextRunAt, deadlines } = vm;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['stage', stageText(vm)],
    ['next', next.text === '' ? 'nothing is left to do' : `${next.text} (by ${ACTOR_TEXTS[next.actor]})`],
    ['now', activity?.text],
    ['recovery point', recoveryPoint && recoveryPointText(recoveryPoint, at)],
    ['lag', vm.job?.lag === undefined ? undefined : lagText(vm.job.lag)],
    ['next run', nextRunAt === undefined ? undefined : displayInstant(nextRunAt)],
    ...deadlines.map((deadline) => ['deadline', deadlineText(deadline, at)] as const),
    ['target', `${target.name} (${target.provider}, ${target.region})`],
    ['wave', wave === undefined ? undefined : `${wave}${phase === undefined ? '' : `, phase ${phase}`}`],
    ['manifest', listed === undefined ? 'none' : formatPlace(listed.place)],
    ['name', server?.name ?? listed?.reference.name],
    ['other names', server?.otherNames?.join(', ')],
    ['path', server?.path ?? listed?.reference.path],
    ['server', server?.serverId],
    ['VM id', server?.vmId],
    ['VMware UUID', server?.vmWareUuid],
    ['vCenter', vCenterText(server)],
  ];
  return rows.flatMap(([name, text]) =>
    text === undefined || text === '' ? [] : [[name, escapeTerminal(text)]],
  );
}

const ACTOR_TEXTS: Readonly<Record<NextStep['actor'], string>> = {
  service: 'AWS',
  apply: 'the next apply',
  person: 'a person',
  nobody: 'nobody',
};

function vCenterText(server: VmDescription['vm']['server']): string | undefined {
  const { vmManagerName, vmManagerId } = server ?? {};
  if (vmManagerName === undefined || vmManagerId === undefined) return vmManagerName ?? vmManagerId;
  return `${vmManagerName} (${vmManagerId})`;
}

function recoveryPointText({ kind, id, at, isOverdue }: RecoveryPoint, now: Instant): string {
  const age = at === undefined ? [] : [`${formatDuration(now - at)} old (${displayInstant(at)})`];
  return [id ?? kind, ...age, ...(isOverdue ? ['older than its schedule allows'] : [])].join(', ');
}

function lagText(lag: number): string {
  return lag < 60_000 ? 'less than a minute behind the source' : `${formatDuration(lag)} behind the source`;
}

function deadlineText({ kind, at }: Deadline, now: Instant): string {
  const left = at <= now ? 'it has passed' : `in ${formatDuration(at - now)}`;
  const what = kind === 'pause' ? 'AWS deletes the paused job' : 'AWS ends the replication of the VM';
  return `${displayInstant(at)}, ${left}: ${what}`;
}

function settingRow({ name, desired, observed, differs }: SettingComparison): readonly string[] {
  const value = settingText(desired ?? observed);
  return [
    escapeTerminal(name),
    differs ? `${settingText(observed)} in AWS, ${settingText(desired)} in the manifest` : value,
  ];
}

/** A job with its runs or its milestones; they are indented by two. */
function historyBlock(
  { id, state, job, runs = [] }: JobHistory,
  options: Required<ScreenOptions>,
): readonly string[] {
  const { colors } = options;
  const { statusMessage, owner, milestones = [] } = job ?? {};
  const words = [
    state,
    ...(statusMessage === undefined ? [] : [statusMessage]),
    ...(owner === undefined ? [] : [`project ${owner.project}, wave ${owner.wave}`]),
  ];
  const title = `${colors.bold(`Job ${escapeTerminal(id)}`)}  ${colors.dim(escapeTerminal(words.join('; ')))}`;
  const events = milestones.map(({ event, at, id: of = '' }) => [
    displaySecond(at),
    escapeTerminal(event),
    escapeTerminal(of),
  ]);
  return [
    ...wrapLines([title], options),
    ...[...runTable(runs, options), ...foldRows(events, options.columns).flat()].map((row) => `  ${row}`),
  ];
}

/** A description as JSON; format version 1.0, minor versions only add. */
export function renderDescriptionJson(description: VmDescription): string {
  const { at, vm, target, phase, settings, jobs, concerns } = description;
  const { server, vm: listed } = vm;
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    vm: toVm(vm),
    target: snakeCase(target, 'name', 'provider', 'region'),
    phase: phase ?? null,
    place: listed === undefined ? null : listed.place,
    server: server === undefined ? null : toServer(server),
    settings: settings.map((one) => snakeCase(one, 'name', 'desired', 'observed', 'differs')),
    jobs: jobs.map(toHistory),
    concerns: concerns.map(toConcern),
  });
}
