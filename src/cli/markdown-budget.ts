import { LandfallError } from '../core/error.ts';
import { DEFAULT_BYTES, FEWEST_BYTES } from '../report/markdown/frame.ts';

export interface MarkdownFlags {
  readonly maxBytes?: number;
}

/**
 * The bytes that a comment in Markdown may have.
 * @throws LandfallError USAGE where not even its summary would fit
 */
export function markdownBudget({ maxBytes = DEFAULT_BYTES }: MarkdownFlags): number {
  if (maxBytes >= FEWEST_BYTES) return maxBytes;
  throw new LandfallError('USAGE', `--max-bytes ${maxBytes} is too few for a summary`, {
    remedy: `give ${FEWEST_BYTES} or more`,
  });
}
