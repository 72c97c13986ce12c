import type { ListedAgent } from '../mgn/records.ts';
import { DAY, HOUR, MINUTE } from '../simulation/durations.ts';
import { omitUndefined } from '../collections.ts';
import { LocalError } from '../errors.ts';
import { forEachRow } from './csv.ts';
import {
  type Columns,
  detailsOf,
  findColumns,
  gigabytesOf,
  parseYesNo,
  unknownValue,
  whyTemplate,
} from './exported-vm.ts';
import { LOST_CHARACTER, type SkippedRow } from './rvtools.ts';

/** The content of a list of servers with agents. */
export interface AgentList {
  readonly agents: readonly ListedAgent[];
  readonly skipped: readonly SkippedRow[];
}

/**
 * Reads a list of servers with replication agents: CSV with a column `Hostname`, or an RVTools vInfo export. Skips
 * templates, rows without a name or with more or fewer cells than the header, duplicates, and rows with a wrong time of
 * installation, with the reason.
 * @throws LocalError BAD_INVENTORY if the text is not such a list, or has no server
 */
export async function readAgentList(source: string | Uint8Array): Promise<AgentList> {
  const agents: ListedAgent[] = [];
  const skipped: SkippedRow[] = [];
  const lines = new Map<string, number>();
  let columns: Columns | undefined;
  await forEachRow(source, (row, line) => {
    if (columns === undefined) {
      columns = findColumns(row, line, ['hostname'], LIST);
      return;
    }
    const agent = columns.whyRagged(row) ?? parseAgent(columns, row);
    if (typeof agent === 'string') {
      skipped.push({ line, reason: agent });
      return;
    }
    const { name, uuid = '', instanceId = '' } = agent.machine;
    const key = [name.toLowerCase(), uuid, instanceId].join('\n');
    const same = lines.get(key);
    if (same === undefined) agents.push(agent);
    else skipped.push({ line, reason: `is the same server as line ${same}` });
    lines.set(key, same ?? line);
  });
  if (agents.length > 0) return { agents, skipped };
  const [first] = skipped;
  const why = first === undefined ? '' : `: line ${first.line} ${first.reason}`;
  throw new LocalError('BAD_INVENTORY', `the list holds no server${why}`, LIST.remedy, {
    line: first?.line ?? 1,
    column: 1,
  });
}

const LIST = {
  what: 'the header of a list of servers',
  remedy: 'give a CSV file with a column "Hostname" and one line for each server',
};

/** Returns the agent of a row, or why the row is skipped. */
function parseAgent(columns: Columns, row: readonly string[]): ListedAgent | string {
  const { read } = columns;
  const name = read(row, 'hostname');
  if (name === '') return 'has no name';
  if (name.includes('\ufffd')) return LOST_CHARACTER;
  const template = whyTemplate(columns, row);
  if (template !== undefined) return template;
  const importedCell = read(row, 'imported');
  const imported = importedCell === '' ? false : parseYesNo(importedCell);
  if (imported === undefined) return unknownValue('Imported', importedCell);
  const after = installDelay(read(row, 'installAfter'));
  if (after === undefined)
    return 'has an Install After that is not a time such as 90s, 30m, 12h or 7d, or "never"';
  const text = (column: Parameters<typeof read>[1]) => read(row, column) || undefined;
  const machine = {
    ...{ serverId: '', vmId: '', name, path: '', managerId: '', managerName: '' },
    os: read(row, 'osConfigured') || read(row, 'osReported'),
    gigabytes: gigabytesOf(read, row),
    ...detailsOf(read, row),
    ...omitUndefined({ instanceId: text('instanceId'), userProvidedId: text('userProvidedId') }),
  };
  return { machine, imported, ...(after === 'never' ? {} : { after }) };
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: HOUR, d: DAY };

/** Parses a time until an installation, in milliseconds; an empty cell means now. */
function installDelay(cell: string): number | 'never' | undefined {
  if (cell === '') return 0;
  if (/^never$/i.test(cell)) return 'never';
  const [, count, unit = ''] = /^(\d{1,6})\s*([smhd])$/i.exec(cell) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
}
