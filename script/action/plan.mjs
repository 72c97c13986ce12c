import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { comment } from './comment.mjs';
import { fromTop, policiesFlag, projectFlag, selection } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';
import { outputFiles, setOutput, summarize } from './results.mjs';

/** Plans once, and keeps that plan: what is shown, commented and applied is all the same. */
export async function plan(inputs, place) {
  // What an earlier step has left here must not pass for this one's.
  const { removeOutput, replaceFiles } = await outputFiles();
  for (const file of [inputs.planFile, inputs.commentFile]) removeOutput(place, file);
  const runbooks = resolve(place.cwd, inputs.runbookFolder);
  if (existsSync(runbooks)) await replaceFiles(place, inputs.runbookFolder, '.md', []);
  const base = [
    ...(inputs.changedSince === '' ? [] : [`--changed-since=${inputs.changedSince}`]),
    ...policiesFlag(inputs, place.env),
  ];
  const argv = [
    'plan',
    ...projectFlag(inputs),
    ...selection(inputs),
    ...base,
    // Waves whose phase or cut-over differs from the base have a runbook in the comment and in a file.
    ...(base.length === 0 ? [] : [`--runbooks=${inputs.runbookFolder}`]),
    `--out=${inputs.planFile}`,
    `--write=markdown=${inputs.commentFile}`,
    // What a comment holds, less room for the links below it.
    '--max-bytes=65000',
    '--detailed-exitcode',
    ...inputs.args,
  ];
  const { code } = await asText(() => landfall(argv, { ...place, show: true }));
  if (!existsSync(resolve(place.cwd, inputs.commentFile))) return { code };
  if (existsSync(runbooks) && readdirSync(runbooks).some((name) => name.endsWith('.md')))
    setOutput(place.env, 'runbook-folder', fromTop(inputs, inputs.runbookFolder));
  // Where there is no plan to be had from the manifests, this says why: for the reviewers as well.
  const concerns = describe(inputs, place);
  if (concerns > 0) await annotate(inputs, place);
  const commented = ['true', 'changes'].includes(inputs.comment) ? await comment(inputs, place) : { code: 0 };
  const succeeds = [0, 2, 7].includes(code);
  return succeeds && commented.code !== 0 ? commented : { code, succeeds };
}

/** Describes a saved plan, and whether it is still fresh. */
export async function show(inputs, place) {
  const argv = [...showing(inputs), `--write=markdown=${inputs.commentFile}`, ...inputs.args];
  const { code } = await asText(() => landfall(argv, { ...place, show: true }));
  if (code === 0 && existsSync(resolve(place.cwd, inputs.commentFile))) describe(inputs, place);
  return { code };
}

/**
 * Marks what the plan finds on the lines it is about, in commands for the runner that landfall has escaped. Without what
 * `validate` says of the files alone: that has a step of its own, and need not stand there twice.
 */
async function annotate(inputs, place) {
  const quietly = { ...place, quiet: true };
  const found = await landfall([...showing(inputs), '--format=github'], quietly);
  const known = await landfall(['validate', ...projectFlag(inputs), '--format=github'], quietly);
  const said = new Set(known.stdout.split('\n'));
  for (const line of found.stdout.split('\n')) if (!said.has(line)) process.stdout.write(`${line}\n`);
}

function showing(inputs) {
  return ['show', ...projectFlag(inputs), inputs.planFile];
}

/** Hands on what there is to know of a plan; gives back how many concerns it has. */
function describe(inputs, { env, cwd }) {
  setOutput(env, 'comment-file', fromTop(inputs, inputs.commentFile));
  summarize(env, inputs, readFileSync(resolve(cwd, inputs.commentFile), 'utf8'));
  const file = resolve(cwd, inputs.planFile);
  if (!existsSync(file)) return 0;
  const { summary, checksum, concerns } = JSON.parse(readFileSync(file, 'utf8')).plan;
  const { create, update, replace, delete: deletes, advance, defer } = summary;
  const hasChanges = create + update + replace + deletes + advance > 0;
  setOutput(env, 'plan-file', fromTop(inputs, inputs.planFile));
  setOutput(env, 'checksum', checksum);
  setOutput(env, 'has-changes', hasChanges);
  setOutput(env, 'is-waiting', !hasChanges && defer > 0);
  return concerns.length;
}
