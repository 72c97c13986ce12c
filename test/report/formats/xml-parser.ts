// As much of an XML 1.0 parser as a JUnit report takes, and strict: whatever it does not know is an error.

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAME = '[A-Za-z][\\w.-]*';
const TOKEN = new RegExp(
  `<(?<close>/)?(?<name>${NAME})(?<attributes>(?: ${NAME}="[^<"]*")*)(?<empty>/)?>|(?<text>[^<>]+)`,
  'y',
);
const CHARACTER = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Parses a document; throws where it is not well-formed. */
export function parseXml(text: string): XmlNode {
  if (!text.startsWith(DECLARATION)) throw new Error('no declaration');
  if (!CHARACTER.test(text)) throw new Error('a character that XML forbids');
  const body = text.slice(DECLARATION.length);
  const top: XmlNode = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(body)?.groups;
    const parent = open.at(-1);
    if (groups === undefined || parent === undefined)
      throw new Error(`not well-formed: ${body.slice(at, at + 80)}`);
    const { name = '', close, empty, attributes = '', text: words } = groups;
    if (words !== undefined) parent.text += decode(words);
    else if (close !== undefined) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
    } else {
      const node = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(node);
      if (empty === undefined) open.push(node);
    }
  }
  const [root, ...others] = top.children;
  if (open.length !== 1 || root === undefined || others.length > 0) throw new Error('not one root element');
  return root;
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(new RegExp(` (${NAME})="([^"]*)"`, 'g'))];
  const attributes = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decode(value)]));
  if (Object.keys(attributes).length !== pairs.length) throw new Error('an attribute stands twice');
  return attributes;
}

function decode(text: string): string {
  return text.replace(/&(?:(#?\w+);)?/g, (_, name: string | undefined) => {
    const character = NAMED[name ?? ''];
    if (character === undefined) throw new Error('an ampersand that begins no entity');
    return character;
  });
}
