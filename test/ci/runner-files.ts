export type Outputs = Record<string, string>;

/** `name=value`, and `name<<end` … `end` for what may have lines. */
export function parseOutputs(text: string): Outputs {
  const outputs: Outputs = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', end] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (end !== undefined) {
      outputs[name] = lines.splice(0, lines.indexOf(end)).join('\n');
      lines.shift();
    } else if (line !== '') outputs[line.replace(/=.*/, '')] = line.replace(/^[^=]*=/, '');
  }
  return outputs;
}

/** What the runner obeys: lines that begin with `::`, and `##[…]` anywhere, but between a stop and its word. */
export function commandsIn(log: string): readonly string[] {
  const commands: string[] = [];
  let word: string | undefined;
  for (const line of log.split('\n')) {
    const text = line.trimStart();
    if (word !== undefined) {
      if (text === `::${word}::`) word = undefined;
    } else if (text.startsWith('::stop-commands::')) word = text.slice('::stop-commands::'.length);
    else if (text.startsWith('::') || text.includes('##[')) commands.push(text);
  }
  return commands;
}
