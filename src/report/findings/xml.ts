import { plain } from '../clip.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children?: readonly Element[];
  readonly text?: string;
}

const LONGEST_ATTRIBUTE = 4000;

/** Characters that no XML 1.0 document may hold, not even escaped (2.2). */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** An XML 1.0 document, well-formed whatever the texts are. Ends in a newline. */
export function renderXml(root: Element): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...linesOf(root, ''), ''].join('\n');
}

function linesOf({ name, attributes, children = [], text }: Element, indent: string): readonly string[] {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escape(plain(String(value), LONGEST_ATTRIBUTE))}"`,
  );
  const start = `${indent}<${name}${written.join('')}`;
  if (text !== undefined) return [`${start}>${escape(text)}</${name}>`];
  if (children.length === 0) return [`${start}/>`];
  return [`${start}>`, ...children.flatMap((child) => linesOf(child, `${indent}  `)), `${indent}</${name}>`];
}

function escape(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
