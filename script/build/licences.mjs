import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const FOLDER = /^(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)/i;

/** For packages that name their licence and ship no text of it. */
const STANDARD_TEXTS = {
  'Apache-2.0': readFileSync(join(root, 'LICENSE'), 'utf8'),
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`,
};

/**
 * Writes the name, the version and the licence of each package in a bundle; a text that several share is written once.
 * @param file the file to write
 * @param inputs the paths of all files in the bundle
 * @throws Error if a package names a licence that is none of those above, and ships no text of it
 */
export function writeLicences(file, inputs) {
  const packages = new Map(
    packagesOf(inputs).map((folder) => {
      const { name, version, license, author } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      return [`${name} ${version}`, { license, text: licenceText(folder, name, license, author) }];
    }),
  );
  const byText = groupByText([...packages].sort());
  const sections = [...byText].map(([text, those]) => {
    const names = those.map(([name, { license }]) => `${name} (${license})`);
    return `${names.join('\n')}\n\n${text}\n`;
  });
  const rule = `\n${'='.repeat(80)}\n\n`;
  writeFileSync(
    file,
    ['landfall contains these packages, each under its licence.\n', ...sections].join(rule),
  );
}

/** The folders of the packages that files in a bundle come from. */
function packagesOf(inputs) {
  const folders = inputs.flatMap((path) => FOLDER.exec(path)?.slice(1) ?? []);
  return [...new Set(folders)];
}

function licenceText(folder, name, license, author) {
  // Some have a folder of licences of what they contain.
  const files = readdirSync(folder, { withFileTypes: true })
    .filter(({ name: each }) => LICENCE_FILE.test(each))
    .flatMap((each) =>
      each.isDirectory()
        ? readdirSync(join(folder, each.name)).map((inside) => join(each.name, inside))
        : [each.name],
    );
  if (files.length > 0)
    return files
      .sort()
      .map((each) => readFileSync(join(folder, each), 'utf8').trim())
      .join('\n\n');
  const text = STANDARD_TEXTS[license];
  if (text === undefined) throw new Error(`${name} ships no text of its licence ${license}`);
  return `Copyright: ${(typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`}\n\n${text.trim()}`;
}

function groupByText(packages) {
  const groups = new Map();
  for (const each of packages) {
    const { text } = each[1];
    groups.set(text, [...(groups.get(text) ?? []), each]);
  }
  return groups;
}
