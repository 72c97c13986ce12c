import { resolve } from 'node:path';
import type { CommentOutcome } from '../../core/comment.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import {
  type CommentFlags,
  type CommentMode,
  findCommentDestination,
  publishComment as putComment,
} from '../../platforms/index.ts';
import { readMarker, renderCommentJson, renderCommentText } from '../../report/markdown/comment.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { readLimited } from '../../workflow/files.ts';
import { readEvent } from '../../workflow/git/current-commit.ts';
import type { Context } from '../context.ts';

interface Flags extends CommentFlags {
  readonly file?: string;
  readonly format: 'text' | 'json';
  readonly mode: CommentMode;
  readonly ifMissing: 'error' | 'skip';
}

/** Ten times what the roomier platform takes: more is no comment, and is not read. */
const MAX_COMMENT_BYTES = 10_000_000;

/** `landfall comment`: puts a plan in Markdown on the pull or merge request that the pipeline runs for. */
export async function comment(context: Context, flags: Flags): Promise<number> {
  const { print, log, verbose, host } = context;
  const text = await readComment(context, flags.file);
  const marker = readMarker(text);
  if (text.trim() === '') throw emptyFile(flags.file ?? '');
  if (marker === undefined) throw noMarker(flags.file ?? '');

  const place = findCommentDestination(host.env, flags, await readEvent(host));
  const say = (outcome: CommentOutcome): void => {
    print(flags.format === 'json' ? renderCommentJson(outcome) : renderCommentText(outcome));
  };
  const { platform, repository, number } = place;
  if (number === undefined) {
    if (flags.ifMissing === 'error') throw noRequest(platform);
    say({ platform, repository, action: 'skipped', hidden: [], notHidden: [] });
    return EXIT.done;
  }
  const outcome = await putComment({ ...place, number }, marker, text, {
    clock: host.clock,
    mode: flags.mode,
    log: (line) => {
      if (verbose) log(`${escapeTerminal(line)}\n`);
    },
  });
  if (outcome.notHidden.length > 0) {
    log(
      escapeTerminal(
        `older comments stay in sight, the token may not hide them: ${outcome.notHidden.join(', ')}`,
      ) + '\n',
    );
  }
  say(outcome);
  return EXIT.done;
}

async function readComment({ host }: Context, file: string | undefined): Promise<string> {
  if (file === undefined) {
    throw new LandfallError('USAGE', 'there is no --file', {
      remedy: 'name the file that `landfall plan --format markdown` wrote',
    });
  }
  const path = resolve(host.cwd, file);
  const unreadable = (why: string): LandfallError =>
    new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${why}`, {
      remedy: 'give the file that `landfall plan --format markdown` wrote',
    });
  const bytes = await readLimited(path, MAX_COMMENT_BYTES, unreadable);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('it is not UTF-8 text');
  }
}

function emptyFile(file: string): LandfallError {
  return new LandfallError(
    'COMMENT_INVALID',
    `${file} is empty: the command that was to write it has failed, or has not been run`,
    { remedy: 'see what that command says' },
  );
}

function noMarker(file: string): LandfallError {
  return new LandfallError(
    'COMMENT_INVALID',
    `${file} has no marker of landfall, by which its comment would be found again`,
    { remedy: 'make it with `landfall plan --format markdown`; the marker is a line `<!-- landfall:… -->`' },
  );
}

function noRequest(platform: 'github' | 'gitlab'): LandfallError {
  return platform === 'github'
    ? new LandfallError(
        'PULL_REQUEST_MISSING',
        'this workflow runs for no pull request: neither its event nor GITHUB_REF names one',
        { remedy: 'say --number, run it on pull_request, or say --if-missing skip' },
      )
    : new LandfallError(
        'PULL_REQUEST_MISSING',
        'this pipeline runs for no merge request: CI_MERGE_REQUEST_IID is not set',
        {
          remedy:
            'say --number, give the job `rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]`, or say --if-missing skip',
        },
      );
}
