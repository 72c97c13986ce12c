/** A range of versions a service can migrate, both ends included. A shorter version stands for all it begins. */
export type VersionRange = readonly [lowest: string, highest: string];

/** Linux: 64-bit only. Source: founding document, "OS Supported"; domain: supported guests, later editions. */
export const LINUX: Readonly<Record<string, readonly VersionRange[]>> = {
  rhel: [
    ['5.1', '5.11'],
    ['6.1', '6.9'],
    ['7.0', '7.6'],
  ],
  // A service pack counts as the second part of the version, as SUSE counts it: 12.1 is 12 SP1.
  sles: [
    ['11.1', '11.4'],
    ['12.0', '12.3'],
  ],
  centos: [
    ['5.1', '5.11'],
    ['6.1', '6.6'],
    ['7.0', '7.6'],
  ],
  ubuntu: [['12.04', '18.04']],
  debian: [
    ['6.0.0', '6.0.8'],
    ['7.0.0', '7.8.0'],
    ['8.0.0', '8.0.0'],
  ],
  oracle: [
    ['5.10', '5.11'],
    ['6.1', '6.10'],
    ['7.0', '7.6'],
  ],
  fedora: [['19', '21']],
};

export interface WindowsVersion {
  readonly version: string;
  readonly bits: readonly (32 | 64)[];
  /** Editions that can be migrated; absent: no source limits them. Nano Server never can. */
  readonly editions?: readonly string[];
  readonly lowestServicePack?: number;
}

const ALL = ['standard', 'datacenter', 'enterprise'];
const TWO = ['standard', 'datacenter'];

/** Windows by version. Source: founding document, "OS Supported"; domain: supported guests, later editions. */
export const WINDOWS: Readonly<Record<string, readonly WindowsVersion[]>> = {
  'windows-server': [
    { version: '2003', bits: [32, 64], editions: ALL, lowestServicePack: 1 },
    { version: '2003-r2', bits: [32, 64], editions: ALL },
    { version: '2008', bits: [32, 64], editions: ALL },
    { version: '2008-r2', bits: [64], editions: ALL },
    { version: '2012', bits: [64], editions: TWO },
    { version: '2012-r2', bits: [64], editions: TWO },
    { version: '2016', bits: [64], editions: TWO },
    { version: '1709', bits: [64], editions: TWO },
    { version: '1803', bits: [64], editions: TWO },
    { version: '2019', bits: [64], editions: TWO },
  ],
  windows: [
    { version: '7', bits: [32, 64] },
    { version: '8', bits: [32, 64] },
    { version: '8.1', bits: [32, 64] },
    { version: '10', bits: [32, 64] },
  ],
};
