// What is wrong with the links of Markdown pages: files and headings that are not there, pages nobody links to.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parsers } from 'prettier/plugins/markdown';
import { slug } from './markdown.mjs';

/** Problems of the pages, as `page:line: what`; external links are not followed. */
export async function brokenLinks(root, pages) {
  const known = new Map();
  const read = async (path) => {
    if (!known.has(path)) known.set(path, await pageOf(path));
    return known.get(path);
  };
  const problems = [];
  const linked = new Set([join(root, 'README.md')]);
  for (const page of pages) {
    const from = join(root, page);
    for (const { url, line } of (await read(from)).links) {
      if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url)) continue;
      const [path = '', anchor] = url.split('#', 2).map(decodeURIComponent);
      const to = path === '' ? from : resolve(dirname(from), path);
      if (to !== from) linked.add(to);
      if (!existsSync(to) || relative(root, to).startsWith('..')) {
        problems.push(`${page}:${line}: there is no ${path}`);
      } else if (anchor !== undefined && to.endsWith('.md') && !(await read(to)).anchors.has(anchor)) {
        problems.push(`${page}:${line}: ${path === '' ? page : path} has no heading #${anchor}`);
      }
    }
  }
  const reached = (page) => linked.has(join(root, page)) || linked.has(join(root, dirname(page)));
  const lonely = pages.filter((page) => page.startsWith('docs/') && !reached(page));
  return [...problems, ...lonely.map((page) => `${page}: no page links to it; name it in docs/README.md`)];
}

async function pageOf(path) {
  if (statSync(path).isDirectory()) return { links: [], anchors: new Set() };
  const text = readFileSync(path, 'utf8');
  const nodes = nodesOf(await parsers.markdown.parse(text, {}));
  const lineOf = ({ position }) => position.start.line;
  const links = nodes
    .filter(({ type }) => ['link', 'image', 'definition'].includes(type))
    .map((node) => ({ url: node.url, line: lineOf(node) }));
  const anchors = new Set();
  for (const heading of nodes.filter(({ type }) => type === 'heading')) {
    const name = slug(wordsOf(heading));
    let free = name;
    for (let number = 1; anchors.has(free); number += 1) free = `${name}-${number}`;
    anchors.add(free);
  }
  for (const { value } of nodes.filter(({ type }) => type === 'html')) {
    for (const [, id] of value.matchAll(/<a\s[^>]*\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  }
  return { links, anchors };
}

function nodesOf(node) {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}

function wordsOf(node) {
  return nodesOf(node)
    .map(({ type, value }) => (type === 'html' ? '' : (value ?? '')))
    .join('');
}
