import type { StorageCommand } from '../../simulation/account.ts';
import type { SmsCommand } from '../simulation/commands.ts';
import type { LicenceType } from '../records.ts';
import type { SmsAccount } from '../simulation/account.ts';

/** The state that an operation reads, and the only function that changes it. */
export interface OperationContext {
  readonly account: SmsAccount;
  readonly spell: Spelling;
  /** The region of the request. */
  readonly region: string;
  /** Writes the command to the journal, and executes it. When it returns, a crash cannot lose the command. */
  commit(command: SmsCommand | StorageCommand): void;
}

export type WireStyle = 'model' | 'console';

/** Spells an enum value as it is sent. */
export type Spelling = (value: string) => string;

/** Values that are always in capitals: states of the catalogue, as `NOT IMPORTED` is, and DELETED. */
const CAPITALS = new Set(['NOT_IMPORTED', 'IMPORTING', 'AVAILABLE', 'DELETED']);
const FIXED_SPELLINGS: Readonly<Record<string, string>> = {
  VSPHERE: 'vSphere',
  VIRTUAL_MACHINE: 'VIRTUAL_MACHINE',
  PAUSED_ON_FAILURE: 'PausedOnFailure',
};

/**
 * Returns the spelling of a wire style. `model`: as in the API model. `console`: as in the founding document's
 * transcripts (`Pending`, `Automatic`, `vSphere`).
 */
export function enumSpelling(style: WireStyle): Spelling {
  if (style === 'model') return (value) => value;
  return (value) => {
    const words = value.replaceAll('_', ' ');
    if (CAPITALS.has(value)) return words;
    return (
      FIXED_SPELLINGS[value] ?? words.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
    );
  };
}

/** The parameters of a page of a list. */
export interface PageInput {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

/** Settings that a job is created with, and that an update may change. */
export interface SettingsInput {
  readonly frequency?: number;
  readonly licenseType?: LicenceType;
  readonly roleName?: string;
  readonly description?: string;
  readonly numberOfRecentAmisToKeep?: number;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
}

/** How a server of an application is replicated. Times are epoch seconds. */
export type ServerReplication = Omit<SettingsInput, 'roleName' | 'description'> & {
  readonly seedTime?: number;
  readonly runOnce?: boolean;
};

export interface JobInput {
  readonly replicationJobId: string;
}

/** The input of each operation, checked against requests.json. Times are epoch seconds. */
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
