// Finds the places in src/ that a stack trace of the bundle names: reads what `landfall --verbose` has printed, and prints it
// with these places.
// Usage: node script/trace.mjs [FOLDER] < FILE   FOLDER has the source maps of that version; absent: dist-maps
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'dist-maps';
if (!existsSync(folder)) {
  console.error(`there is no folder ${folder}: name the one with the source maps, or run \`npm run build\``);
  process.exit(1);
}

/** The place in a source that a place in a file of the bundle was made from; the latter itself if there is no map. */
function sourceOf(place, file, line, column) {
  const map = join(folder, `${file}.map`);
  if (!existsSync(map)) return place;
  const entry = new SourceMap(JSON.parse(readFileSync(map, 'utf8'))).findEntry(line - 1, column - 1);
  if (entry.originalSource === undefined) return place;
  return `${entry.originalSource.replace(/^.*?(?=(?:src|node_modules)\/)/, '')}:${entry.originalLine + 1}`;
}

process.stdout.write(readFileSync(0, 'utf8').replaceAll(/([\w.-]+\.[cm]?js):(\d+):(\d+)/g, sourceOf));
