import { escapeLine, escapeMarkup } from './escape.ts';

/** An element with text or other elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children?: readonly XmlElement[];
  readonly text?: string;
}

/** A document of JUnit. Ends in a newline. */
export function renderTestSuites(name: string, suites: readonly XmlElement[]): string {
  return renderXml({
    name: 'testsuites',
    attributes: { name, ...totals(suites.flatMap(({ children = [] }) => children)) },
    children: suites,
  });
}

/** A suite of cases, with its counts. */
export function testSuite(name: string, cases: readonly XmlElement[]): XmlElement {
  return { name: 'testsuite', attributes: { name, ...totals(cases) }, children: cases };
}

function totals(cases: readonly XmlElement[]): Readonly<Record<string, number>> {
  const having = (name: string): number =>
    cases.filter(({ children = [] }) => children.some((child) => child.name === name)).length;
  return { tests: cases.length, failures: having('failure'), errors: 0, skipped: having('skipped') };
}

const MAX_ATTRIBUTE_BYTES = 4000;

/** Characters that no XML 1.0 document may hold, not even escaped (2.2). */
const FORBIDDEN_CHARACTERS = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** An XML 1.0 document, well-formed whatever the texts are. Ends in a newline. */
function renderXml(root: XmlElement): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...elementLines(root, ''), ''].join('\n');
}

function elementLines(
  { name, attributes, children = [], text }: XmlElement,
  indent: string,
): readonly string[] {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeXml(escapeLine(String(value), MAX_ATTRIBUTE_BYTES))}"`,
  );
  const start = `${indent}<${name}${written.join('')}`;
  if (text !== undefined) return [`${start}>${escapeXml(text)}</${name}>`];
  if (children.length === 0) return [`${start}/>`];
  return [
    `${start}>`,
    ...children.flatMap((child) => elementLines(child, `${indent}  `)),
    `${indent}</${name}>`,
  ];
}

function escapeXml(text: string): string {
  return escapeMarkup(text.replace(FORBIDDEN_CHARACTERS, '\ufffd'));
}
