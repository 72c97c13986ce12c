import { EXIT } from '../../core/error.ts';
import { renderCommentJson, renderCommentText } from '../../report/markdown/comment.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { type CommentOptions, publishComment } from '../../workflow/commenting.ts';
import type { Context } from '../context.ts';

interface Flags extends CommentOptions {
  readonly format: 'text' | 'json';
}

/** `landfall comment`: writes a plan in Markdown on the pull or merge request that the pipeline runs for. */
export async function comment(context: Context, flags: Flags): Promise<number> {
  const outcome = await publishComment(context, flags);
  if (outcome.notHidden.length > 0) {
    const ids = outcome.notHidden.join(', ');
    context.log(
      `${escapeTerminal(`older comments stay visible, because the token may not hide them: ${ids}`)}\n`,
    );
  }
  for (const warning of outcome.warnings) context.log(`${escapeTerminal(`warning: ${warning}`)}\n`);
  context.print(flags.format === 'json' ? renderCommentJson(outcome) : renderCommentText(outcome));
  return EXIT.done;
}
