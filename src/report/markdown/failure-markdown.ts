import type { LandfallError } from '../../core/error.ts';
import { commentMarker } from '../marker.ts';
import { code } from './escape.ts';
import { commitWords } from './foot.ts';
import { compose, DEFAULT_BYTES } from './frame.ts';
import { concernLines } from './summary.ts';
import type { ValidationSource } from './validation-markdown.ts';

/**
 * Why there is no plan, as a comment with the marker of the plan: what stood there is of another commit, and would be
 * taken for this one's. Nothing of the error is obeyed in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `FEWEST_BYTES` up
 */
export function renderFailureMarkdown(
  error: Pick<LandfallError, 'code' | 'message' | 'remedy' | 'place'>,
  { projectFile, project, targets, commit }: ValidationSource,
  most: number = DEFAULT_BYTES,
): string {
  const { code: id, message, remedy, place } = error;
  const told = {
    id,
    message,
    ...(remedy !== undefined && { remedy }),
    ...(place !== undefined && { place }),
  };
  const about = [`${code(`landfall explain ${id}`, 80)} tells what it means`, ...commitWords(commit)];
  return compose(
    (detail) => ({
      head: [`**No plan** for ${code(project ?? projectFile, detail.name)}.`, concernLines([told], detail)],
      foot: [`---\n\n${about.join('; ')}.`, commentMarker(project ?? `?${projectFile}`, targets)],
    }),
    [],
    most,
    '',
  );
}
