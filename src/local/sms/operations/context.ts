import type { Command } from '../simulation/commands.ts';
import type { LicenceType } from '../simulation/records.ts';
import type { SimulatedWorld } from '../simulation/world.ts';

/** What an operation works with: the world as it is now, and the one way to change it. */
export interface OperationContext {
  readonly world: SimulatedWorld;
  readonly spell: Spelling;
  /** Writes the command to the journal and carries it out; returns only when a crash can no longer lose it. */
  commit(command: Command): void;
}

export type WireStyle = 'model' | 'console';

/** How an enum value is written on the wire. */
export type Spelling = (value: string) => string;

/** States of the catalogue stay in capitals, as `NOT IMPORTED` does. */
const CATALOG_STATES = new Set(['IMPORTING', 'AVAILABLE']);
const FIXED_SPELLINGS: Readonly<Record<string, string>> = {
  VSPHERE: 'vSphere',
  VIRTUAL_MACHINE: 'VIRTUAL_MACHINE',
};

/**
 * `model`: as in the API model. `console`: as in the founding document's transcripts
 * (`Pending`, `Automatic`, `vSphere`).
 */
export function enumSpelling(style: WireStyle): Spelling {
  if (style === 'model') return (value) => value;
  return (value) => {
    if (CATALOG_STATES.has(value)) return value;
    const words = value.replaceAll('_', ' ');
    return (
      FIXED_SPELLINGS[value] ?? words.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
    );
  };
}

/** A page of a list. */
export interface PageInput {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

/** Settings that a job is created with and that an update may change. */
export interface SettingsInput {
  readonly frequency?: number;
  readonly licenseType?: LicenceType;
  readonly roleName?: string;
  readonly description?: string;
  readonly numberOfRecentAmisToKeep?: number;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
}

export interface JobInput {
  readonly replicationJobId: string;
}

/** What each operation takes, once requests.json has been enforced. Times are epoch seconds. */
export interface Inputs {
  CreateReplicationJob: SettingsInput & {
    readonly serverId: string;
    readonly seedReplicationTime: number;
    readonly runOnce?: boolean;
  };
  DeleteReplicationJob: JobInput;
  DeleteServerCatalog: object;
  DisassociateConnector: { readonly connectorId: string };
  GetConnectors: PageInput;
  GetReplicationJobs: PageInput & { readonly replicationJobId?: string };
  GetReplicationRuns: PageInput & JobInput;
  GetServers: PageInput & {
    readonly vmServerAddressList?: readonly {
      readonly vmManagerId?: string | null;
      readonly vmId?: string | null;
    }[];
  };
  ImportServerCatalog: object;
  StartOnDemandReplicationRun: JobInput & { readonly description?: string };
  UpdateReplicationJob: SettingsInput & JobInput & { readonly nextReplicationRunStartTime?: number };
}
