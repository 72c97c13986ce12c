import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromTop, projectFlag, selection } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';
import { outputFiles, setOutput, summarize } from './results.mjs';

/** What an issue holds, less room for a line of our own. */
const MOST = 65_000;

/** Holds the account against the manifests. Drift is a finding, for the steps after this one, and no failure. */
export async function drift(inputs, place) {
  const file = inputs.reportFile === '' ? 'landfall-drift.md' : inputs.reportFile;
  const { removeOutput, writeOutput } = await outputFiles();
  removeOutput(place, file);
  const format = [`--write=markdown=${file}`, `--max-bytes=${MOST}`];
  const argv = ['drift', ...projectFlag(inputs), ...selection(inputs), ...format, ...inputs.args];
  const { code } = await asText(() => landfall(argv, { ...place, show: true }));
  // Of broken manifests there is a report as well, which says what is wrong with them.
  const path = resolve(place.cwd, file);
  if (!existsSync(path)) return { code };
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = place.env;
  const markdown = `${readFileSync(path, 'utf8').trimEnd()}\n\nFound by ${server}/${repository}/actions/runs/${run}\n`;
  await writeOutput(place, file, markdown);
  setOutput(place.env, 'report-file', fromTop(inputs, file));
  summarize(place.env, inputs, markdown);
  if (![0, 2].includes(code)) return { code };
  setOutput(place.env, 'has-drift', code === 2);
  return { code, succeeds: true };
}
