import type { ConvertReport } from '../core/inventory.ts';
import { formatJson } from './json.ts';

/** What a conversion came to, for programs; format version 1.0, minor versions only add. */
export function renderConvertJson({ to, written, files, problems, notes }: ConvertReport): string {
  return formatJson({
    format_version: '1.0',
    to,
    written: written ?? 'nothing',
    files: files.map(({ path, out, waves, changed, dropped, targets }) => ({
      path,
      out,
      waves,
      changed,
      dropped: dropped.map(({ place, wave, vm, setting, text, reason, comments }) => ({
        ...place,
        wave,
        vm,
        setting,
        text,
        reason,
        comments,
      })),
      targets: targets.map(({ place, wave, from, to: target }) => ({ ...place, wave, from, to: target })),
    })),
    problems: problems.map(({ id, message, remedy, place }) => ({ id, message, remedy, ...place })),
    notes,
    summary: {
      files: files.length,
      files_changed: files.filter(({ changed }) => changed).length,
      waves: files.reduce((sum, { waves }) => sum + waves.length, 0),
      dropped: files.reduce((sum, { dropped }) => sum + dropped.length, 0),
      problems: problems.length,
    },
  });
}
