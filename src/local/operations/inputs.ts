import type { LicenceType } from '../simulation/records.ts';

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
