import { readFileSync } from 'node:fs';
import type { ProjectReport, ReportTarget } from '../../core/results/report.ts';
import { displayInstant, formatDuration } from '../../core/time.ts';
import { joinFirst } from '../../core/text.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { calendarSection, nextCutover } from './calendar.ts';
import { formatNumber } from './charts.ts';
import { type Html, markup, sourceHash, table, trusted, withCode } from './markup.ts';
import { burnDownSection, capacitySection } from './over-time.ts';
import { countsOfProblems, type Problem, problemsOf, problemsSection } from './problems.ts';
import { allStages, stagesSection } from './stages.ts';
import { timelineSection } from './timeline.ts';
import { vmsSection } from './vms.ts';

/** What a page says of how it was made. */
export interface PageOptions {
  /** The command that makes it again. */
  readonly command: string;
  /** Of landfall. */
  readonly version: string;
}

const SECTIONS: readonly {
  readonly id: string;
  readonly title: string;
  readonly render: (report: ProjectReport, problems: readonly Problem[]) => Html;
}[] = [
  { id: 'waves', title: 'Waves and stages', render: stagesSection },
  { id: 'problems', title: 'Problems', render: (_, problems) => problemsSection(problems) },
  { id: 'timeline', title: 'Timeline', render: timelineSection },
  { id: 'calendar', title: 'Cut-over calendar', render: calendarSection },
  { id: 'burn-down', title: 'Burn-down', render: burnDownSection },
  { id: 'capacity', title: 'Capacity', render: capacitySection },
  { id: 'vms', title: 'All VMs', render: vmsSection },
];

/**
 * Renders a report as one page that needs nothing else: no network, and no script to be read. Its policy allows its own
 * style and script only, by their hashes; all other text is data.
 */
export function renderReport(report: ProjectReport, options: PageOptions): string {
  const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
  const script = readFileSync(new URL('./page.js', import.meta.url), 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const problems = problemsOf(report);
  const title = `${report.project}: migration report`;
  const parts = SECTIONS.map(
    ({ id, title: heading, render }) =>
      markup`<section id="${id}" aria-labelledby="h-${id}">
<h2 id="h-${id}">${heading}</h2>
${render(report, problems)}
</section>
`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<h1>${report.project}</h1>
<p>${subtitle(report)}</p>
<nav aria-label="Parts of the report"><ul>${SECTIONS.map(({ id, title: heading }) => markup`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
</header>
<main id="main" tabindex="-1">
${summary(report, problems)}
${parts}</main>
<footer>
<p>This page does not change by itself. To refresh it: <code>${options.command}</code></p>
<p>Made by landfall ${options.version}. It names machines, accounts and people: share it only with those who may know them.</p>
</footer>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

/** What was written, for people. Ends in a newline. */
export function renderReportNote(report: ProjectReport, file: string): string {
  const { status, waves } = report;
  const problems = problemsOf(report).length;
  const counts = [
    `${pluralize(status.vms.length, 'VM')} in ${pluralize(waves.length, 'wave')}`,
    problems === 0 ? 'no problems' : pluralize(problems, 'problem'),
  ];
  return `Wrote ${escapeTerminal(file)}: ${counts.join(', ')}. Open it in a browser.\n`;
}

function subtitle({ at, commit, hasLocalChanges, otherWaves }: ProjectReport): Html {
  const from =
    commit === undefined
      ? ', not from a git repository'
      : markup`, commit <code>${commit.slice(0, 12)}</code>${hasLocalChanges ? ' with changes that are not committed' : ''}`;
  const without = otherWaves === 0 ? '' : `, without ${pluralize(otherWaves, 'other wave')} of the project`;
  return markup`Migration report as of <strong>${displayInstant(at)}</strong>, the time of the accounts${from}${without}.`;
}

/** The figures that a meeting begins with, and the targets. */
function summary(report: ProjectReport, problems: readonly Problem[]): Html {
  const { status, targets, waves } = report;
  const { groups } = allStages(report);
  const [waiting = 0, moving = 0, ready = 0, over = 0, trouble = 0] = groups;
  const all = groups.reduce((sum, count) => sum + count, 0);
  const share = all === 0 ? '' : ` (${Math.floor((over / all) * 100)} %)`;
  const figures: readonly (readonly [string, string])[] = [
    ['VMs', `${formatNumber(all)} in ${pluralize(waves.length, 'wave')}`],
    ['Cut over', `${formatNumber(over)}${share}`],
    ['Tested or ready', formatNumber(ready)],
    ['Replicating', formatNumber(moving)],
    ['Not begun', formatNumber(waiting)],
    ['Failed, paused, lost or not found', formatNumber(trouble)],
    [
      'Problems',
      problems.length === 0 ? 'none' : `${formatNumber(problems.length)}: ${countsOfProblems(problems)}`,
    ],
    ['Next cut-over', nextCutover(report) ?? 'none planned'],
    // Git may not ask for the cut-over of all yet: then the project is not done with it.
    ['All waves at their planned phase', doneText(report)],
  ];
  const unread = targets.filter(({ problem }) => problem !== undefined);
  const missing = unread.reduce((sum, { vms }) => sum + vms, 0);
  const files = [...new Set(report.leftOut.flatMap(({ place }) => place?.file ?? []))];
  const gaps = [
    ...(unread.length === 0
      ? []
      : [
          `${pluralize(unread.length, 'target')} could not be read: ${unread.map(({ name }) => name).join(', ')}. ${missing === 0 ? 'No VM of these waves is in it, but the forecast is without the others' : `Not in this report: ${pluralize(missing, 'VM')}`}.`,
        ]),
    ...(files.length === 0
      ? []
      : [
          `${pluralize(files.length, 'wave file')} with errors left out: ${joinFirst(files, 5)}. The waves of ${files.length === 1 ? 'it' : 'them'} are not in this report; \`landfall validate\` shows the errors.`,
        ]),
  ].map((gap) => markup`<p class="incomplete"><strong>Incomplete:</strong> ${withCode(gap)}</p>\n`);
  return markup`${gaps}<dl class="figures">
${figures.map(([words, value]) => markup`<div${value.length > 14 ? markup` class="wide"` : ''}><dt>${words}</dt><dd>${value}</dd></div>\n`)}</dl>
${table('Targets', targetColumns(status.at), targets)}
<p class="muted">Times are in UTC unless a zone stands beside them. What is to come is estimated by a simulation: “90 %” means that nine of ten of its runs get there by then.</p>`;
}

function doneText({ forecast: { waves, at }, series: { withoutCutover } }: ProjectReport): string {
  if (waves.length === 0) return 'no wave';
  const blocked = waves.filter((wave) => wave.blocked !== undefined).length;
  const last = (of: 'median' | 'bound'): number =>
    Math.max(
      at,
      ...waves.map(({ phases }) => {
        const end = phases.at(-1);
        if (end === undefined || end.source === 'observed') return at;
        return end.end[of] ?? Infinity;
      }),
    );
  const [median, bound] = [last('median'), last('bound')];
  if (blocked > 0 || median === Infinity)
    return `not in this forecast: ${pluralize(Math.max(1, blocked), 'wave')} with VMs that do not get to the phase`;
  const rest =
    withoutCutover === 0 ? '' : `; for ${pluralize(withoutCutover, 'VM')}, that is before the cut-over`;
  if (bound <= at) return `all are${rest}`;
  const by = bound === Infinity ? 'in one run of ten, never' : `90 % by ${formatMinute(bound)} UTC`;
  return `${formatMinute(median)} UTC (in ${formatDuration(median - at)}), ${by}${rest}`;
}

const targetColumns = (latest: number) => [
  { title: 'Target', cell: ({ name }: ReportTarget) => name },
  { title: 'Service', cell: ({ service }: ReportTarget) => service },
  { title: 'Region', cell: ({ region }: ReportTarget) => region },
  { title: 'Account', cell: ({ account }: ReportTarget) => account ?? 'not known' },
  {
    title: 'Endpoint',
    cell: ({ endpoint }: ReportTarget) =>
      endpoint === undefined ? 'AWS' : endpoint === 'local' ? 'built-in endpoint' : endpoint,
  },
  { title: 'VMs', kind: 'number' as const, cell: ({ vms }: ReportTarget) => formatNumber(vms) },
  {
    title: 'Read',
    cell: ({ at, problem }: ReportTarget) =>
      problem === undefined
        ? displayInstant(at ?? latest)
        : markup`<strong>not read</strong>: ${problem.message}`,
  },
];
