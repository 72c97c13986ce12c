import { problem, type Problem } from './problem.ts';

/** Text of a file. Where the bytes are not UTF-8, also the problem, and the text up to there with marks in it. */
export function decode(bytes: Uint8Array): { text: string; problem?: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const start = Math.max(0, text.indexOf('\ufffd'));
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const message = wide ? 'the file is UTF-16, not UTF-8' : 'the bytes here are not UTF-8';
    return {
      text,
      problem: problem('file.not-utf8', { start, end: start + 1 }, message, 'save the file as UTF-8'),
    };
  }
}
