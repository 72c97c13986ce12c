// What a pipeline's runner takes for a command when it sees it in a log.

/** Words that begin like the commands of GitHub Actions, Azure Pipelines and TeamCity. */
export const COMMANDS = [
  '::error file=a::x',
  '  ::stop-commands::y',
  '\u3000::add-mask::z',
  '##[error]x',
  'a ##[add-mask]x',
  '###[group]x',
  '##vso[task.setvariable variable=a]b',
  "##teamcity[buildProblem description='x']",
] as const;

/**
 * Lines that a runner would obey. GitHub's takes `::` at the beginning of a line, after spaces of any kind, and the
 * older `##[` anywhere (actions/runner, ActionCommand.cs); Azure's `##vso[` and TeamCity's `##teamcity[` likewise.
 */
export function commandsIn(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r]/).filter((line) => /^\s*::/.test(line) || /##\w*\[/.test(line));
}
