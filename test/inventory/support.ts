import { stringify } from 'csv-stringify/sync';
import type { Concern } from '../../src/core/concern.ts';
import type { Desired } from '../../src/core/desired.ts';
import { assemble, type AssembleOptions, type Assembly } from '../../src/inventory/assemble.ts';
import { readRvtools, type RvtoolsOptions } from '../../src/inventory/rvtools.ts';
import { checkManifests, readManifest } from '../../src/manifest/check.ts';
import { Source } from '../../src/manifest/source.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

const projectOf = (target: string): string => `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
targets: { local: { ${target} } }
`;

/** What `landfall validate` would make of files. */
export function validate(
  files: Assembly['files'],
  provider: 'sms' | 'mgn' = 'sms',
): {
  readonly desired: Desired | undefined;
  readonly wrong: readonly Concern[];
} {
  const project = projectOf(`provider: ${provider}, region: us-west-2, endpoint: local`);
  const main = readManifest(new Source('landfall.yaml', project), 'project file');
  const waves = files.map(({ wave, text }) =>
    readManifest(new Source(`waves/${wave}.yaml`, text), 'wave file'),
  );
  const { desired, concerns } = checkManifests(main, waves, [], NOW);
  return { desired, wrong: concerns.filter(({ severity }) => severity !== 'warning') };
}

export const OPTIONS: AssembleOptions = {
  schema: '../schemas/wave.schema.json',
  origin: 'landfall import rvtools export.csv, folder',
  defaults: { frequency: 24, licenseType: 'Auto' },
  maxSize: 1000,
  taken: [],
  vms: [],
};

/** The columns of an export that tests fill; any may be left out of a row. */
export const TITLES = [
  'VM',
  'Powerstate',
  'Template',
  'Folder',
  'Datacenter',
  'Cluster',
  'Application',
  'OS according to the configuration file',
  'OS according to the VMware Tools',
  'VM ID',
  'VI SDK UUID',
] as const;
export type Cells = Partial<Record<(typeof TITLES)[number], string>>;

/** What RVTools writes in a column that decides about a row, of a VM that is on. */
const USUAL: Cells = { Powerstate: 'poweredOn', Template: 'False' };

export function csvOf(rows: readonly Cells[], delimiter = ','): Uint8Array {
  const cells = rows.map((row) => TITLES.map((title) => row[title] ?? USUAL[title] ?? ''));
  return Buffer.from(stringify([[...TITLES], ...cells], { delimiter }));
}

export function importRows(
  rows: readonly Cells[],
  rvtools: Partial<RvtoolsOptions> = {},
  options: Partial<AssembleOptions> = {},
): Assembly {
  return importBytes(csvOf(rows), rvtools, options);
}

export function importBytes(
  bytes: Uint8Array,
  rvtools: Partial<RvtoolsOptions> = {},
  options: Partial<AssembleOptions> = {},
): Assembly {
  const found = readRvtools(bytes, {
    file: 'export.csv',
    by: 'folder',
    includePoweredOff: false,
    ...rvtools,
  });
  return assemble(found, { ...OPTIONS, ...options });
}
