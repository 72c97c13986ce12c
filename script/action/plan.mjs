import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { comment } from './comment.mjs';
import { fromTop, projectFlag, selection } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';
import { setOutput, summarize } from './results.mjs';

/** Plans once, and keeps that plan: what is shown, commented and applied is all the same. */
export async function plan(inputs, place) {
  // What an earlier step has left here must not pass for this one's.
  for (const file of [inputs.planFile, inputs.commentFile]) rmSync(resolve(place.cwd, file), { force: true });
  const argv = [
    'plan',
    ...projectFlag(inputs),
    ...selection(inputs),
    ...(inputs.changedSince === '' ? [] : [`--changed-since=${inputs.changedSince}`]),
    `--out=${inputs.planFile}`,
    '--format=markdown',
    '--detailed-exitcode',
    ...inputs.args,
  ];
  const { code, stdout } = await asText(async () => {
    const ran = await landfall(argv, place);
    // Markdown is for the comment; the log gets what a terminal would.
    if (existsSync(resolve(place.cwd, inputs.planFile)))
      await landfall(showing(inputs), { ...place, show: true });
    return ran;
  });
  if (stdout === '') return { code };
  // Where there is no plan to be had from the manifests, this says why: for the reviewers as well.
  const concerns = describe(inputs, place, stdout);
  if (concerns > 0) await annotate(inputs, place);
  const commented = inputs.comment ? await comment(inputs, place) : { code: 0 };
  const succeeds = [0, 2, 7].includes(code);
  return succeeds && commented.code !== 0 ? commented : { code, succeeds };
}

/** Describes a saved plan, and whether it is still fresh. */
export async function show(inputs, place) {
  const argv = [...showing(inputs), ...inputs.args];
  const { code } = await asText(() => landfall(argv, { ...place, show: true }));
  if (code !== 0) return { code };
  const { stdout } = await landfall([...argv, '--format=markdown'], { ...place, quiet: true });
  describe(inputs, place, stdout);
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
function describe(inputs, { env, cwd }, markdown) {
  writeFileSync(resolve(cwd, inputs.commentFile), markdown);
  setOutput(env, 'comment-file', fromTop(inputs, inputs.commentFile));
  summarize(env, inputs, markdown);
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
