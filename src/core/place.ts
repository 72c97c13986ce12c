/** Where something stands in a file. Lines and columns count from 1, columns in UTF-16 code units, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The line a place is on, for showing with a caret under the wrong part. */
export interface Excerpt {
  /** The text of the line `Place.line`, as it stands in the file (unescaped: renderers escape). */
  readonly text: string;
  /** How many code units the caret underlines, at least 1, starting at `Place.column`. */
  readonly length: number;
}

/** `file:line:column`, the form editors and terminals make clickable. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
