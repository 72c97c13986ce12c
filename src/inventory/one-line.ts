/** What cannot be seen, moves a cursor or turns text around: as in src/report/escape.ts. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');
/** Longest comment, in characters: cells can be of any size. */
const LONGEST = 500;

export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

/** Text as a comment of one line: nothing in it can end the comment. */
export function oneLine(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
  return escapeUnseen(cut);
}

/** Each character that cannot be seen, line feeds too, as an escape of double-quoted YAML. */
export function escapeUnseen(text: string): string {
  return text.replace(EVERY_UNSEEN, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}
