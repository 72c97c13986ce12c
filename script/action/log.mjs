import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';

/**
 * Says something as an error of the step.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function sayError(message) {
  process.stdout.write(`::error title=landfall::${escapeData(message)}\n`);
}

function escapeData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Has the runner take nothing of what `print` writes for a command: names from an account are in it. */
export async function asText(print) {
  const word = randomUUID();
  process.stdout.write(`::stop-commands::${word}\n`);
  try {
    return await print();
  } finally {
    process.stdout.write(`\n::${word}::\n`);
  }
}

/** The most that a text may have, in bytes: an issue or a comment holds 65,536 characters. */
const MOST = 60_000;

/** Text as a code block of Markdown that no line of it can end, and in which no name pings anyone. */
export function codeBlock(text) {
  const bytes = Buffer.from(text);
  const isCut = bytes.length > MOST;
  // The last line may be cut in the middle of a character.
  const lines = (isCut ? bytes.subarray(0, MOST).toString() : text).trimEnd().split('\n');
  if (isCut) lines.pop();
  const block = lines.map((line) => `    ${line}`.trimEnd()).join('\n');
  return isCut ? `${block}\n\nThe rest is cut: the log of the job has all of it.\n` : `${block}\n`;
}
