import type { ImportReport } from '../core/inventory.ts';
import { formatJson } from './json.ts';

/** What an import has written and left out, for programs; format version 1.0, minor versions only add. */
export function renderImportJson({ source, dryRun, files, leftOut, concerns, notes }: ImportReport): string {
  return formatJson({
    format_version: '1.0',
    source,
    dry_run: dryRun,
    files: files.map(({ path, wave, vms, commentedOut, adopt, unchanged }) => ({
      path,
      wave,
      vm_count: vms,
      commented_out_count: commentedOut,
      adopt,
      unchanged,
    })),
    left_out: leftOut.map(({ name, origin, reason }) => ({ name, origin, reason })),
    concerns: concerns.map(({ id, vm, message }) => ({ id, vm, message })),
    notes,
    summary: {
      waves: files.length,
      vms: files.reduce((sum, { vms }) => sum + vms, 0),
      commented_out: files.reduce((sum, { commentedOut }) => sum + commentedOut, 0),
      left_out: leftOut.length,
      concerns: concerns.length,
      files_written: dryRun ? 0 : files.filter(({ unchanged }) => !unchanged).length,
    },
  });
}
