import { formatPlace } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import type { Read } from '../../core/results/policy.ts';
import {
  isPassed,
  type PolicyCaseResult,
  type PolicyOutcome,
  type PolicyTestReport,
} from '../../core/results/policy-test.ts';
import type { PolicyTestFormat } from '../formats.ts';
import type { ScreenOptions } from '../text/blocks.ts';
import { escapeLine, escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { pluralize } from '../text/words.ts';
import { renderTestSuites, testSuite, type XmlElement } from '../text/xml.ts';

type Render = (report: PolicyTestReport, options: ScreenOptions) => string;

/** A renderer for each format. */
export const POLICY_TEST_RENDERERS: Readonly<Record<PolicyTestFormat, Render>> = {
  text: renderText,
  json: renderJson,
  junit: renderJunit,
};

/** Changes that a line names. */
const MAX_CHANGES = 5;

function renderText({ policies, cases }: PolicyTestReport, { colors }: ScreenOptions): string {
  const caseLines = (each: PolicyCaseResult): readonly string[] => {
    const mark = isPassed(each) ? colors.green('pass') : colors.red('fail');
    const failed = each.outcomes.filter(({ isMet }) => !isMet);
    return [`  ${mark}  ${escapeTerminal(each.name)}`, ...failed.flatMap(outcomeLines)];
  };
  const outcomeLines = (outcome: PolicyOutcome): readonly string[] => [
    `        ${colors.bold(escapeTerminal(formatPlace(outcome.place)))}  ${escapeTerminal(outcome.policy)}`,
    ...comparison(outcome).map((line) => `          ${escapeTerminal(line)}`),
  ];
  const files = groupBy(cases, ({ place }) => place.file);
  const blocks = [...files].map(([file, those]) =>
    [escapeTerminal(file), ...those.flatMap(caseLines), ''].join('\n'),
  );
  const failed = cases.filter((each) => !isPassed(each)).length;
  const counts = [
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
    ...(cases.length > failed ? [colors.green(`${cases.length - failed} passed`)] : []),
  ].join(', ');
  const untested = policies.filter(({ expectations }) => expectations === 0);
  const tested = `${policies.length - untested.length} of ${policies.length} policies tested`;
  const rest = untested.length === 0 ? '' : `; no test of ${untested.map(policyText).join(', ')}`;
  const refused = new Set(
    cases.flatMap(({ outcomes }) =>
      outcomes
        .filter(({ result, got }) => result !== 'pass' || got.result === 'violation')
        .map((outcome) => outcome.policy),
    ),
  );
  const always = policies.filter(({ name, expectations }) => expectations > 0 && !refused.has(name));
  return [
    ...blocks,
    `${pluralize(cases.length, 'case')} in ${pluralize(files.size, 'file')}: ${counts === '' ? 'none' : counts}`,
    `${tested}${rest}`,
    ...(always.length === 0
      ? []
      : [
          `no test expects a violation of ${always.map(policyText).join(', ')}: it may be true whatever happens`,
        ]),
    '',
  ].join('\n');
}

function policyText({ name, place }: PolicyTestReport['policies'][number]): string {
  return `${escapeTerminal(name)} (${escapeTerminal(formatPlace(place))})`;
}

/** What was expected and what came, in lines of plain text. */
function comparison({ result, message, got, reads }: PolicyOutcome): readonly string[] {
  const isOther = got.result === result;
  return [
    `expected  ${result}${message === undefined ? '' : `: ${message}`}`,
    `got       ${gotText(got, isOther)}`,
    ...(reads.length === 0 || isOther ? [] : ['the expression read']),
    ...(isOther ? [] : reads.map((read) => `  ${readText(read)}`)),
  ];
}

function gotText({ result, message, changes }: PolicyOutcome['got'], isOther: boolean): string {
  if (result === 'none') return 'nothing: the policy is about changes, and the plan makes none';
  const more = changes.length - MAX_CHANGES;
  const names = [...changes.slice(0, MAX_CHANGES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const of = names === '' || isOther ? '' : ` of ${names}`;
  return `${result}${of}${message === undefined ? '' : `: ${message}`}`;
}

function readText({ expression, values, more }: Read): string {
  return `${expression} = ${[...values, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

/** The results as JSON; format version 1.0, minor versions only add. */
function renderJson({ project, policies, cases }: PolicyTestReport): string {
  const failed = cases.filter((each) => !isPassed(each)).length;
  return formatJson({
    format_version: '1.0',
    project,
    passed: cases.length - failed,
    failed,
    policies: policies.map(({ name, place, expectations }) => ({ name, ...place, expectations })),
    cases: cases.map((each) => ({
      name: each.name,
      ...each.place,
      passed: isPassed(each),
      expectations: each.outcomes.map(({ policy, result, message, isMet, got, reads, place }) => ({
        policy,
        ...place,
        passed: isMet,
        expected: { result, message },
        got,
        reads: reads.map((read) => snakeCase(read, 'expression', 'values', 'more')),
      })),
    })),
  });
}

/** JUnit XML: a suite is a file, a case a case. */
function renderJunit({ cases }: PolicyTestReport): string {
  const files = [...groupBy(cases, ({ place }) => place.file)];
  return renderTestSuites(
    'landfall policy test',
    files.map(([file, those]) => testSuite(file, those.map(junitCase))),
  );
}

function junitCase({ name, place, outcomes }: PolicyCaseResult): XmlElement {
  const failed = outcomes.filter(({ isMet }) => !isMet);
  const [first] = failed;
  const failure = first && {
    name: 'failure',
    attributes: {
      type: `policy.${first.policy}`,
      message: `expected ${first.result}, got ${gotText(first.got, false)}`,
    },
    text: failed
      .flatMap((each) => [`${formatPlace(each.place)}: ${each.policy}`, ...comparison(each)])
      .map((line) => escapeLine(line, 1000))
      .join('\n'),
  };
  return {
    name: 'testcase',
    attributes: { name, classname: place.file, file: place.file, line: place.line },
    children: failure === undefined ? [] : [failure],
  };
}
