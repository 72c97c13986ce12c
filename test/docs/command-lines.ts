import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { isPair, isScalar, parseAllDocuments, visit } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** All documents that tell people what to type. */
export const PAGES: readonly string[] = globSync(
  ['*.md', 'docs/**/*.md', 'examples/**/*.md', 'src/**/*.md'],
  {
    cwd: root,
  },
).toSorted();

/** A fenced block, and the command lines of landfall or npm in it. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly commands: readonly string[];
}

const FENCE = /^( *)(`{3,})([\w-]*)[^\n]*\n([\s\S]*?)^\1\2 *$/gm;
const COMMAND = /(?:^|[\s(])(?:landfall|npm|npx)\s+[\w-]/;

/** The blocks of a page that have commands. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(`${root}${page}`, 'utf8');
  return [...text.matchAll(FENCE)]
    .map(({ index, 3: language = '', 4: body = '' }) => ({
      page,
      line: text.slice(0, index).split('\n').length,
      language,
      commands: commandsIn(language, linesOf(language, body)),
    }))
    .filter(({ commands }) => commands.length > 0);
}

/** The lines that are commands of ours; in a script, with what stands around them. */
function commandsIn(language: string, lines: readonly string[]): readonly string[] {
  const isCommand = (line: string): boolean => COMMAND.test(withoutComment(line));
  if (!lines.some(isCommand)) return [];
  return lines.filter((line) => (language === 'sh' ? withoutComment(line) !== '' : isCommand(line)));
}

/** A line of a script less what follows a `#`. */
export function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '').trim();
}

/** What is typed in a block of a language. */
function linesOf(language: string, body: string): readonly string[] {
  switch (language) {
    case 'sh':
    case 'bash':
      return joined(body);
    case 'console':
      return [...body.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line);
    case 'yaml':
      return scriptsOf(body);
    default:
      return [...body.matchAll(/^(?:\$ )?((?:landfall|npm|npx) .*)$/gm)].map(([, line = '']) => line);
  }
}

/** Lines of a script, those that go on after a backslash as one. */
function joined(script: string): readonly string[] {
  return script
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}

/** Keys whose values a pipeline runs. */
const SCRIPTS = ['run', 'script', 'before_script', 'after_script'];

/** The lines of the scripts in a pipeline's YAML; what the platform would fill in is a word. */
function scriptsOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: false })) {
    if ('empty' in document) continue;
    visit(document, {
      Scalar: (_, { value }, path) => {
        const key = path.findLast(isPair)?.key;
        if (typeof value !== 'string' || !isScalar(key) || !SCRIPTS.includes(String(key.value))) return;
        lines.push(
          ...joined(value.replaceAll(/\$\{\{.*?\}\}/g, 'word')).map((line) =>
            line.replace(/^(?:if|while|!) /, ''),
          ),
        );
      },
    });
  }
  return lines;
}

/** Commands in running text: `landfall plan --out FILE`. */
export function mentionsOf(page: string): readonly { readonly line: number; readonly text: string }[] {
  const text = readFileSync(`${root}${page}`, 'utf8').replaceAll(FENCE, (block) =>
    block.replaceAll(/[^\n]/g, ' '),
  );
  return [...text.matchAll(/(?<!`)`(landfall [^`]+)`(?!`)/g)].map(({ index, 1: mention = '' }) => ({
    line: text.slice(0, index).split('\n').length,
    text: mention.replaceAll('\\|', '|').replaceAll(/\s+/g, ' '),
  }));
}
