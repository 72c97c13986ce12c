import { alignRows } from './table.ts';

/** The schemas that there are, one line each, with the first sentence of what they say of themselves. */
export function renderSchemaList(
  schemas: readonly { readonly name: string; readonly description: string }[],
): string {
  const rows = schemas.map(({ name, description }) => [
    name,
    /^.*?[.:](?=\s|$)/.exec(description)?.[0].slice(0, -1) ?? description,
  ]);
  return `${alignRows(rows).join('\n')}\n`;
}
