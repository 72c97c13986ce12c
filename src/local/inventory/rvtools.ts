import { LocalError } from '../errors.ts';
import { forEachRow } from './csv.ts';
import { type Columns, type ExportedVm, findColumns, parseVm } from './exported-vm.ts';

export interface SkippedRow {
  readonly line: number;
  readonly reason: string;
}

export interface ParsedExport {
  readonly vms: readonly ExportedVm[];
  readonly skipped: readonly SkippedRow[];
}

/**
 * Reads an RVTools vInfo export. Skips templates, rows without an identity, rows with more or fewer cells than
 * the header, and duplicates, with the reason.
 * @throws LocalError BAD_INVENTORY if the text is not such an export, or has no VM
 */
export async function readExport(source: string | Uint8Array): Promise<ParsedExport> {
  const vms: ExportedVm[] = [];
  const skipped: SkippedRow[] = [];
  const reasonToSkip = createSkipCheck();
  let columns: Columns | undefined;
  await forEachRow(source, (row, line) => {
    if (columns === undefined) {
      columns = findColumns(row, line);
      return;
    }
    const vm = parseVm(columns, row, line);
    const reason = columns.whyRagged(row) ?? reasonToSkip(vm);
    if (reason === undefined) vms.push(vm);
    else skipped.push({ line, reason });
  });
  if (vms.length === 0) throw emptyInventoryError(skipped);
  return { vms, skipped };
}

export const LOST_CHARACTER = 'has a name with a character that another program has lost (U+FFFD)';

/** Checks one VM after the other, and remembers the VMs that it accepted. */
function createSkipCheck(): (vm: ExportedVm) => string | undefined {
  const lines = new Map<string, number>();
  const servers = new Map<string, number>();
  return ({ name, vmId, managerId, serverId, template, line }) => {
    if (name === '') return 'has no name';
    if (name.includes('\ufffd')) return LOST_CHARACTER;
    if (vmId === '') return 'has no VM ID';
    if (managerId === '') return 'has no VI SDK UUID';
    if (template !== undefined) return template;
    // Exports differ in the letter case of the ids of vCenters.
    const key = `${managerId.toLowerCase()}\n${vmId}`;
    const [sameVm, sameServer] = [lines.get(key), servers.get(serverId)];
    if (sameVm !== undefined) return `is the same VM as line ${sameVm}`;
    if (sameServer !== undefined) return `has the SMS Server ID of line ${sameServer}`;
    if (serverId !== '' && !/^s-[0-9a-f]{8}$/.test(serverId)) {
      return 'has an SMS Server ID that is not s- and 8 hexadecimal digits';
    }
    lines.set(key, line);
    if (serverId !== '') servers.set(serverId, line);
    return undefined;
  };
}

function emptyInventoryError(skipped: readonly SkippedRow[]): LocalError {
  const first = skipped[0];
  const why = first === undefined ? '' : `: line ${first.line} ${first.reason}`;
  const place = { line: first?.line ?? 1, column: 1 };
  return new LocalError(
    'BAD_INVENTORY',
    `the inventory holds no VM${why}`,
    'load the vInfo tab of an RVTools export',
    place,
  );
}
