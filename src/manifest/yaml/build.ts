import {
  type AliasEvent,
  type Event,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml';
import { problem, type Problem, type Range } from '../source.ts';
import { shorten } from '../../core/text.ts';
import {
  CORE_PREFIX,
  forgetValue,
  fullTagName,
  keyCheck,
  type ListNode,
  type MapEntry,
  type MapNode,
  MAX_DEPTH,
  type Node,
  resolvePlain,
  resolveTagged,
  type ScalarNode,
} from './node.ts';
import { duplicateKey, findSign, isHeader, Placeholders, templateProblem } from './syntax-errors.ts';

export interface Trees {
  /** Roots of the documents that are not empty. */
  readonly roots: Node[];
  /** Roots of documents whose structure is wrong. */
  readonly broken: Node[];
  readonly problems: Problem[];
}

/**
 * Builds the trees of a text's documents from the events of the parser. Values are those of YAML 1.2's core schema.
 * @param text the text that was parsed
 * @param place converts an offset in the text to an offset in its file
 * @throws YAMLException where a document is nested too deep
 */
export function buildTrees(text: string, events: readonly Event[], place: (at: number) => number): Trees {
  return new TreeBuilder(text, events, place).build();
}

/** Values that aliases may add to a document: plenty for shared labels and defaults, too few to exhaust memory. */
const MAX_ALIASED = 100_000;

const TOO_MANY_ALIASED = `from here on, the aliases of this document expand to more than ${MAX_ALIASED} values`;

const NO_MERGE_KEYS = 'the merge key << is not part of YAML 1.2';
const INSTEAD_OF_MERGE_KEYS = 'write the keys out, or put settings that VMs share under defaults';

type Value = ScalarNode['value'];
type Properties = Pick<ScalarEvent, 'anchorStart' | 'anchorEnd' | 'tagStart' | 'tagEnd'>;

class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #place: (at: number) => number;
  readonly #problems: Problem[] = [];
  readonly #placeholders: Placeholders;
  /** Position of the next event. */
  #at = 0;
  /** The place of the last key or scalar that was read. */
  #start = 0;
  #end = 0;
  #isBroken = false;
  #tagHandles = new Map<string, string>();
  #anchors = new Map<string, { readonly node: Node; readonly size: number }>();
  /** Number of values so far, with those of aliases. */
  #size = 0;
  #aliased = 0;

  constructor(text: string, events: readonly Event[], place: (at: number) => number) {
    this.#text = text;
    this.#events = events;
    this.#place = place;
    this.#placeholders = new Placeholders(text);
  }

  build(): Trees {
    const trees: Trees = { roots: [], broken: [], problems: this.#problems };
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      if (event.type !== EVENT_ID.DOCUMENT) continue;
      this.#anchors = new Map();
      this.#size = this.#aliased = 0;
      this.#readDirectives(event.directives);
      const root = this.#node(1);
      if (root.kind === 'scalar' && root.value === null && root.start === root.end) continue;
      (this.#isBroken ? trees.broken : trees.roots).push(root);
    }
    return trees;
  }

  #next(): Event | undefined {
    return this.#events[this.#at++];
  }

  #report(id: Problem['id'], { start, end }: Range, message: string, remedy: string): void {
    this.#problems.push(problem(id, this.#placed({ start, end }), message, remedy));
  }

  #reportTemplate({ start, end }: Range): void {
    this.#problems.push(templateProblem(this.#text.slice(start, end), this.#placed({ start, end })));
  }

  #placed({ start, end }: Range): Range {
    return { start: this.#place(start), end: this.#place(end) };
  }

  #readDirectives(directives: Extract<Event, { directives: unknown }>['directives']): void {
    this.#isBroken = false;
    this.#tagHandles = new Map([['!!', CORE_PREFIX]]);
    for (const directive of directives) {
      if (directive.kind === 'tag') this.#tagHandles.set(directive.handle, directive.prefix);
      else if (directive.version !== '1.2') {
        const start = Math.max(0, this.#text.indexOf('%YAML'));
        const message = `the file asks for YAML ${directive.version}, and landfall reads YAML 1.2`;
        this.#report('yaml.syntax', { start, end: start + 5 }, message, 'remove the %YAML directive');
        this.#isBroken = true;
      }
    }
  }

  /** Reads a value with everything in it. */
  #node(depth: number, isItem = false): Node {
    const event = this.#next();
    if (event?.type === EVENT_ID.ALIAS) return this.#alias(event);
    const before = this.#size++;
    let node: Node;
    if (event?.type === EVENT_ID.MAPPING) node = this.#map(event, depth);
    else if (event?.type === EVENT_ID.SEQUENCE) node = this.#list(event, depth);
    else if (event?.type === EVENT_ID.SCALAR) node = this.#scalar(event, isItem);
    else throw new Error('the YAML parser sent no value where one must be');
    if (event.anchorStart >= 0) this.#keepAnchor(event, node, before);
    return node;
  }

  #keepAnchor({ anchorStart, anchorEnd }: Properties, node: Node, before: number): void {
    const name = this.#text.slice(anchorStart, anchorEnd);
    this.#anchors.set(name, { node, size: this.#size - before });
  }

  #map(event: MappingEvent, depth: number): MapNode {
    this.#checkCollection(event, depth, 'map');
    const entries: MapEntry[] = [];
    const isTaken = keyCheck(entries);
    let isSecondDocument = false;
    for (let first = this.#events[this.#at]; first?.type !== EVENT_ID.POP; first = this.#events[this.#at]) {
      const key = this.#key(first, depth);
      const range = { start: this.#start, end: this.#end };
      const keyStart = this.#place(range.start);
      const keyEnd = this.#place(range.end);
      const problemsBefore = this.#problems.length;
      const value = this.#node(depth + 1);
      if (key === undefined) continue;
      if (key === '<<' && first?.type === EVENT_ID.SCALAR && first.style === SCALAR_STYLE.PLAIN) {
        this.#problems.splice(problemsBefore);
        this.#report('yaml.merge-key', range, NO_MERGE_KEYS, INSTEAD_OF_MERGE_KEYS);
        if (!isTaken(key)) entries.push({ key, keyStart, keyEnd, value: this.#unknown(range.end) });
      } else if (isTaken(key) || (depth === 1 && key.startsWith('---'))) {
        if (!isSecondDocument) this.#problems.push(duplicateKey(key, depth, this.#placed(range)));
        isSecondDocument ||= depth === 1 && isHeader(key);
        forgetValue(entries, key);
      } else {
        entries.push({ key, keyStart, keyEnd, value });
      }
    }
    this.#at++;
    return { kind: 'map', entries, start: this.#place(event.start), end: this.#place(this.#end) };
  }

  /** Reads a key. If it is not text, reports it, marks the document as broken and returns undefined. */
  #key(event: Event | undefined, depth: number): string | undefined {
    if (event?.type === EVENT_ID.SCALAR) {
      const text = getScalarValue(this.#text, event);
      this.#findScalar(event, false);
      if (event.tagStart < 0 || resolveTagged(this.#tagOf(event), text) === text) {
        this.#at++;
        this.#size++;
        if (event.anchorStart >= 0) this.#keepAnchor(event, this.#scalarNode(text), this.#size - 1);
        return text;
      }
    }
    const start = event !== undefined && 'start' in event ? event.start : this.#end;
    // A placeholder in braces is parsed as a mapping that is the key of another mapping.
    const template = this.#placeholders.next(start - 1);
    if (template !== undefined && template.start <= start) this.#reportTemplate(template);
    else {
      const remedy = 'write the key as text on one line, with a colon and a space after it';
      this.#report('yaml.syntax', { start, end: start + 1 }, 'a key must be text', remedy);
    }
    this.#isBroken = true;
    this.#node(depth + 1);
    return undefined;
  }

  #list(event: SequenceEvent, depth: number): ListNode {
    this.#checkCollection(event, depth, 'seq');
    const items: Node[] = [];
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) items.push(this.#node(depth + 1, true));
    this.#at++;
    return { kind: 'list', items, start: this.#place(event.start), end: this.#place(this.#end) };
  }

  #checkCollection(event: MappingEvent | SequenceEvent, depth: number, tag: string): void {
    if (depth > MAX_DEPTH) YAMLException.throwAt(this.#text, event.start, 'nesting exceeded maxDepth');
    if (event.tagStart >= 0 && ![CORE_PREFIX + tag, '!'].includes(this.#tagOf(event))) this.#badTag(event);
    this.#end = event.start;
  }

  #scalar(event: ScalarEvent, isItem: boolean): ScalarNode {
    const isTemplate = this.#findScalar(event, isItem);
    const text = getScalarValue(this.#text, event);
    const isTagged = event.tagStart >= 0;
    const untagged = event.style === SCALAR_STYLE.PLAIN ? resolvePlain(text) : text;
    const value = isTagged ? resolveTagged(this.#tagOf(event), text) : untagged;
    if (value !== undefined && !isTemplate) return this.#scalarNode(value);
    if (value === undefined) this.#badTag(event);
    return { ...this.#scalarNode(text), isUnknown: true };
  }

  #scalarNode(value: Value): ScalarNode {
    return { kind: 'scalar', value, start: this.#place(this.#start), end: this.#place(this.#end) };
  }

  /** Makes a node for a value that is not known and has been reported. */
  #unknown(at: number): ScalarNode {
    return { kind: 'scalar', value: null, start: this.#place(at), end: this.#place(at), isUnknown: true };
  }

  #tagOf({ tagStart, tagEnd }: Properties): string {
    return fullTagName(this.#text.slice(tagStart, tagEnd), this.#tagHandles);
  }

  #badTag({ tagStart, tagEnd }: Properties): void {
    const tag = shorten(this.#text.slice(tagStart, tagEnd));
    const message = `the tag ${tag} is not supported, or does not fit the value`;
    this.#report(
      'yaml.syntax',
      { start: tagStart, end: tagEnd },
      message,
      'remove the tag: manifests need none',
    );
  }

  /**
   * Finds where a scalar is in the text, with its quotes. The range of an omitted scalar is empty.
   * @returns whether it has a placeholder of a template, which is reported
   */
  #findScalar({ valueStart, valueEnd, style, anchorEnd, tagEnd }: ScalarEvent, isItem: boolean): boolean {
    const from = Math.max(this.#end, anchorEnd, tagEnd);
    const quote = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    this.#start = valueStart - quote;
    this.#end = valueEnd + quote;
    if (valueStart < 0) {
      this.#start = isItem && anchorEnd < 0 && tagEnd < 0 ? findSign(this.#text, '-', from) + 1 : from;
      this.#end = this.#start;
    } else if (style === SCALAR_STYLE.LITERAL_BLOCK) this.#start = findSign(this.#text, '|', from);
    else if (style === SCALAR_STYLE.FOLDED_BLOCK) this.#start = findSign(this.#text, '>', from);
    let isTemplate = false;
    for (let next = this.#placeholders.next(this.#start); next !== undefined && next.start < this.#end;) {
      isTemplate = true;
      this.#reportTemplate(next);
      next = this.#placeholders.next(next.end);
    }
    return isTemplate;
  }

  #alias({ anchorStart, anchorEnd }: AliasEvent): Node {
    const at = { start: anchorStart - 1, end: anchorEnd };
    const name = this.#text.slice(anchorStart, anchorEnd);
    const anchor = this.#anchors.get(name);
    this.#end = anchorEnd;
    if (anchor === undefined) {
      const shown = shorten(name);
      const remedy = /[./*]/.test(name)
        ? `put the text in quotes: "*${shown}"`
        : `define it first, with &${shown}`;
      this.#report('yaml.alias', at, `*${shown} names no anchor above it`, remedy);
      return this.#unknown(at.start);
    }
    const before = this.#aliased;
    this.#aliased += anchor.size;
    this.#size += anchor.size;
    if (this.#aliased > MAX_ALIASED) {
      if (before <= MAX_ALIASED) this.#report('yaml.alias', at, TOO_MANY_ALIASED, 'write the values out');
      return this.#unknown(at.start);
    }
    // A scalar that is wrong is fixed at its anchor; a mapping may be wrong only where an alias repeats it.
    if (anchor.node.kind === 'scalar') return anchor.node;
    return { ...anchor.node, ...this.#placed(at), isAliased: true };
  }
}
