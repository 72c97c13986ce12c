const NAME = '["\']?([a-z0-9][a-z0-9-]*)';

/** Names of a project file, where they can be found. */
export interface Guess {
  readonly project?: string;
  readonly defaultTarget?: string;
  readonly targets: readonly string[];
}

/** What a person would still read in a project file that is no YAML. */
export function guessProject(text: string): Guess {
  const lines = text.split(/\r?\n/);
  const metadata = below(lines, 'metadata');
  const inline = new RegExp(`^metadata\\s*:\\s*\\{.*\\bname\\s*:\\s*${NAME}`).exec(
    lines.find((line) => line.startsWith('metadata')) ?? '',
  );
  const name = inline?.[1] ?? first(metadata, new RegExp(`^["']?name["']?\\s*:\\s*${NAME}`));
  const targets = keysOf(below(lines, 'targets'));
  const only = targets.length === 1 ? targets[0] : undefined;
  const defaultTarget = first(lines, new RegExp(`^defaultTarget\\s*:\\s*${NAME}`)) ?? only;
  return {
    ...(name !== undefined && { project: name }),
    ...(defaultTarget !== undefined && { defaultTarget }),
    targets,
  };
}

/** Names that a wave file which is no YAML gives after `target:`. */
export function guessTargets(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`(?:^|[\\s{,])target\\s?:\\s?${NAME}`, 'g'))].map(
    ([, name = '']) => name,
  );
}

/** The lines that are indented below a key of the first level. */
function below(lines: readonly string[], key: string): readonly string[] {
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^[^\s#]/.test(line));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The keys of the lines with the first line's indentation. */
function keysOf(lines: readonly string[]): readonly string[] {
  const depth = lines.map((line) => line.search(/\S/)).find((spaces) => spaces > 0);
  return lines.flatMap((line) => {
    if (line.search(/\S/) !== depth) return [];
    return new RegExp(`^${NAME}["']?\\s*:`).exec(line.trim())?.[1] ?? [];
  });
}

function first(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line.trimStart())?.[1]).find((name) => name !== undefined);
}
