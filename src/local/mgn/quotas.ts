/** Limits of an account and region (domain: MGN rules); those that AWS raises on request can be set. */
export interface MgnQuotas {
  readonly activeJobs: number;
  /** Over all active jobs. */
  readonly serversInActiveJobs: number;
  readonly replicatingServers: number;
  readonly nonArchivedServers: number;
  readonly activeApplications: number;
  readonly activeWaves: number;
  readonly serversPerApplication: number;
  readonly applicationsPerWave: number;
}

export const DEFAULT_QUOTAS: MgnQuotas = {
  activeJobs: 20,
  serversInActiveJobs: 200,
  replicatingServers: 150,
  nonArchivedServers: 4000,
  activeApplications: 200,
  activeWaves: 200,
  serversPerApplication: 200,
  applicationsPerWave: 1000,
};

/** How MGN of an endpoint is set up. */
export interface MgnOptions {
  /** Whether it is initialised when the endpoint starts, as if InitializeService had been called; default no. */
  readonly initialized?: boolean;
  /** Limits that are not the account's defaults. */
  readonly quotas?: Partial<MgnQuotas>;
}
