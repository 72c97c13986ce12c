import type { Cell, Header } from '../csv/header.ts';

/** The ways to split an export into waves. */
export type Grouping = 'folder' | 'cluster' | 'datacenter' | 'application';

/** Names that teams give the custom attribute with a VM's application. */
const APPLICATION = ['Application', 'App', 'Application Name', 'Applications'] as const;

/** The columns of a vInfo tab that count, by what they mean. */
export interface Columns {
  readonly name: Cell;
  readonly powerstate: Cell;
  readonly template: Cell;
  readonly placeholder: Cell;
  readonly folder: Cell;
  readonly datacenter: Cell;
  readonly cluster: Cell;
  readonly application: Cell;
  readonly osReported: Cell;
  readonly osConfigured: Cell;
  readonly vmId: Cell;
  readonly vmUuid: Cell;
  readonly managerId: Cell;
  /** Columns that can be done without, and what is not known without them. */
  readonly missing: readonly string[];
}

/**
 * Finds the columns. Needed are the VM's name and whatever waves are made by.
 * @param application the title of the column with the application; absent: the usual ones
 * @throws LandfallError INVENTORY_INVALID naming a column that is needed and missing
 */
export function findColumns(header: Header, by: Grouping, application?: string): Columns {
  const remedy = 'export the vInfo tab of RVTools as CSV, with its header line';
  const needed: Readonly<Record<Grouping, readonly string[]>> = {
    folder: ['Folder'],
    cluster: ['Cluster'],
    datacenter: ['Datacenter'],
    application: application === undefined ? APPLICATION : [application],
  };
  const name = header.required(['VM'], '', remedy);
  const otherwise =
    by === 'application' ? 'name the column with --application-column' : `${remedy}, or split by another one`;
  header.required(needed[by], `, which --by ${by} needs`, otherwise);

  const missing: string[] = [];
  function wanted(titles: readonly string[], without: string): Cell {
    const cell = header.find(titles);
    if (cell === undefined) missing.push(`there is no column "${titles[0] ?? ''}": ${without}`);
    return cell ?? (() => '');
  }
  const osReported = header.find(['OS according to the VMware Tools']);
  const osConfigured = header.find(['OS according to the configuration file', 'OS']);
  if (osReported === undefined && osConfigured === undefined) {
    missing.push('there is no column of operating systems: licences and support are not checked');
  }
  return {
    name,
    powerstate: wanted(['Powerstate', 'Power State'], 'VMs that are off are not told from others'),
    template: wanted(['Template'], 'templates are not told from VMs'),
    placeholder: header.optional(['SRM Placeholder']),
    folder: header.optional(['Folder']),
    datacenter: header.optional(['Datacenter']),
    cluster: header.optional(['Cluster']),
    application: header.optional(needed.application),
    osReported: osReported ?? (() => ''),
    osConfigured: osConfigured ?? (() => ''),
    vmId: header.optional(['VM ID']),
    vmUuid: header.optional(['VM UUID']),
    managerId: header.optional(['VI SDK UUID']),
    missing,
  };
}
