/** One target of a project, as a runner of its own plans it. */
export interface TargetOverview {
  readonly name: string;
  readonly provider: string;
  readonly region: string;
  /** What the project file says, or the account of the role; absent: neither. */
  readonly account?: string;
  readonly role?: string;
  readonly endpoint?: string;
  /** The waves of the manifests that a run with the same flags plans, sorted; none: only waves that were removed. */
  readonly waves: readonly string[];
  /** How many VMs the manifests have in these waves. */
  readonly vms: number;
  /** From 1: it waits only for targets of earlier stages, or of its own where they wait for each other. */
  readonly stage: number;
  /** The targets with waves that its waves depend on. */
  readonly waitsFor: readonly string[];
  /** Those that wait for it too, if only by others. */
  readonly mutual: readonly string[];
}

/** The targets of a project, for a runner each. */
export interface TargetList {
  readonly project: string;
  readonly commit?: string;
  /** The revision that the list is narrowed by: targets whose waves have not changed since are left out. */
  readonly changedSince?: string;
  /** The targets of a run without `changedSince`, by name: a comment on a pull request is about them. */
  readonly selected: readonly string[];
  /** Targets that no wave names, which a run without --target does not include. */
  readonly unused: readonly string[];
  /** Sorted by stage and name. */
  readonly targets: readonly TargetOverview[];
}
