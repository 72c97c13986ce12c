import { STAGES } from '../../core/journey.ts';
import { shortName } from '../../core/names.ts';
import type { VmForecast } from '../../core/results/forecast.ts';
import type { ProjectReport } from '../../core/results/report.ts';
import { hasProblem, needsPerson, type VmStatus } from '../../core/status.ts';
import type { Instant } from '../../core/time.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { formatNumber } from './charts.ts';
import { type Html, markup, scrolling, withCode } from './markup.ts';

/** The titles of the columns; the one of the target is left out where there is only one. */
const TITLES = [
  ...['VM', 'Wave', 'Target', 'Stage', 'Next step', 'AMI or instance', 'Recovery point (UTC)'],
  ...['Cut-over 90 % by (UTC)', 'Problems', 'Evidence and details'],
];

/** Rows in one table: a browser lays out only those tables that it shows. */
const ROWS_IN_A_TABLE = 200;

/** A table of all VMs, with a form that the script of the page shows, to search in it. */
export function vmsSection(report: ProjectReport): Html {
  const { status, forecast } = report;
  const { vms } = status;
  if (vms.length === 0) return markup`<p>No VM to show: no manifest names one, and no job is managed.</p>`;
  const several = new Set(vms.map(({ target }) => target)).size > 1;
  const expected = new Map(forecast.vms.map((vm) => [keyOf(vm), vm]));
  const titles = TITLES.filter((title) => several || title !== 'Target');
  const rows = vms.map((vm) => vmRow(vm, expected.get(keyOf(vm)), several));
  const heads = titles.map((title) => markup`<th scope="col">${title}</th>`);
  const columns = titles.map((title) => markup`<col class="c-${title.split(' ')[0]?.toLowerCase()}">`);
  const chunks = Array.from({ length: Math.ceil(rows.length / ROWS_IN_A_TABLE) }, (_, index) => {
    const [from, until] = [index * ROWS_IN_A_TABLE, Math.min(rows.length, (index + 1) * ROWS_IN_A_TABLE)];
    const caption = index === 0 && until === rows.length ? '' : ` ${from + 1} to ${until} of ${rows.length}`;
    return markup`<div class="chunk"><table>
<caption>VMs${caption}</caption>
<colgroup>${columns}</colgroup>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.slice(from, until)}</tbody></table></div>\n`;
  });
  return markup`${filterForm(report)}
${scrolling('Tables of all VMs', markup`<div id="vm-tables">${chunks}</div>`)}`;
}

function keyOf({ target, address }: { readonly target: string; readonly address: string }): string {
  return JSON.stringify([target, address]);
}

function filterForm({ status }: ProjectReport): Html {
  const { vms, waves } = status;
  const targets = [...new Set(vms.map(({ target }) => target))];
  const used = new Set(vms.map(({ stage }) => stage));
  const stages = STAGES.filter((stage) => used.has(stage)).map((stage) => stage.replaceAll('-', ' '));
  const choice = (of: string, values: readonly string[]): Html => {
    const name = of.toLowerCase();
    const options = values.map((value) => markup`<option value="${value}">${value}</option>`);
    return markup`<label>${of} <select id="f-${name}"><option value="">all</option>${options}</select></label>\n`;
  };
  return markup`<form id="filter" hidden role="search" aria-label="VMs">
<label>Search <input type="search" id="q" autocomplete="off" spellcheck="false"></label>
${choice('Wave', [...new Set(waves.map(({ wave }) => wave))])}${targets.length > 1 ? choice('Target', targets) : ''}${choice('Stage', stages)}<label><input type="checkbox" id="f-problem"> only problems</label>
<button type="reset">Show all</button>
<output id="count" aria-live="polite"></output>
</form>`;
}

/** A row without end tags, which HTML does not need: there may be ten thousand of them. */
function vmRow(vm: VmStatus, expected: VmForecast | undefined, several: boolean): Html {
  const { wave = '', target, stage, next, detail } = vm;
  const cells = [
    ...[
      wave,
      ...(several ? [target] : []),
      stage.replaceAll('-', ' '),
      nextText(vm),
      vm.outputs[0]?.id ?? '',
    ],
    ...[recoveryPointText(vm), cutoverText(vm, expected), problemText(vm)],
    detailsOf(vm, expected, detail ?? next.text),
  ];
  const mark = hasProblem(vm) ? markup` class="p"` : '';
  return markup`<tr${mark}><th scope="row">${shortName(vm)}${cells.map((cell) => markup`<td>${cell}`)}\n`;
}

function recoveryPointText({ recoveryPoint }: VmStatus): string {
  if (recoveryPoint === undefined) return '';
  const { at, isOverdue } = recoveryPoint;
  return `${formatMinute(at) || 'yes'}${isOverdue ? ', overdue' : ''}`;
}

function nextText(vm: VmStatus): string {
  const { actor, text } = vm.next;
  if (actor === 'nobody') return text;
  // What a person is to do is long: the details and the problems have it.
  return needsPerson(vm) ? 'needs a person' : text;
}

function cutoverText(vm: VmStatus, expected: VmForecast | undefined): string {
  if (vm.stage === 'cut-over' || vm.stage === 'finalized' || vm.stage === 'archived') return 'done';
  const phase = expected?.phases.find((one) => one.phase === 'cutover');
  if (phase === undefined) return '';
  return formatMinute(phase.end.bound) || (expected?.blocked === undefined ? 'not certain' : 'never');
}

function problemText({ concerns, vm, isLeftOut }: VmStatus): string {
  return [
    ...new Set([
      ...(vm === undefined ? [isLeftOut === true ? 'its wave’s file was left out' : 'in no manifest'] : []),
      ...concerns.map(({ id }) => id),
    ]),
  ].join(', ');
}

/** What proves the stage, ids, times and messages: one line each. */
function detailsOf(vm: VmStatus, expected: VmForecast | undefined, summary: string): Html {
  const { evidence, outputs, server, job, deadlines, concerns, past, recoveryPoint } = vm;
  const at = (time: Instant | undefined): string => (time === undefined ? '' : `, ${formatMinute(time)}`);
  const size = job?.diskGiB ?? server?.diskGiB ?? vm.vm?.sizeGiB;
  const lines = [
    ...evidence.map(
      ({ what, id, at: time }) =>
        `${what}${id === undefined || what.includes(id) ? '' : ` ${id}`}${at(time)}`,
    ),
    ...outputs.map(
      ({ of, kind, id, at: time }) =>
        `${kind === 'ami' ? 'AMI' : kind} of the ${of === 'cutover' ? 'cut-over' : of.replace('-', ' ')}: ${id}${at(time)}`,
    ),
    ...(recoveryPoint?.kind === 'snapshot'
      ? [`snapshot${recoveryPoint.id === undefined ? '' : ` ${recoveryPoint.id}`}${at(recoveryPoint.at)}`]
      : []),
    ...(server === undefined || server.notReported !== undefined ? [] : [`server ${server.serverId}`]),
    ...(job === undefined || job.id === server?.serverId ? [] : [`job ${job.id}, ${job.state}`]),
    ...(past.length === 0 ? [] : [pluralize(past.length, 'deleted job')]),
    ...(server?.path === undefined ? [] : [server.path]),
    ...(vm.vm?.os === undefined ? [] : [`os ${vm.vm.os}`]),
    ...(size === undefined ? [] : [`${formatNumber(size)} GiB`]),
    ...deadlines.map(
      ({ kind, at: time }) => `${kind === 'lifetime' ? '90 days end' : 'paused job is deleted'}${at(time)}`,
    ),
    ...(expected?.blocked === undefined ? [] : [`by the forecast, it stops: ${expected.blocked}`]),
    ...(needsPerson(vm) && concerns.length === 0 ? [`next step: ${vm.next.text}`] : []),
    ...concerns.map(
      ({ id, message, remedy }) => `${id}: ${message}${remedy === undefined ? '' : `. Fix: ${remedy}`}`,
    ),
  ];
  const [first = summary, ...others] = lines;
  if (lines.length === 0) return markup`${summary}`;
  const more = others.map((line) => markup`${withCode(line)}\n`);
  return markup`<details><summary>${first}</summary>${more}</details>`;
}
