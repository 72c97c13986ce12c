import { withMaxAttempts } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import type { Observed } from '../../core/observed.ts';
import type { Status } from '../../core/status.ts';
import { filterStatus, type StatusFilter } from '../../plan/status-filter.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import { inWaves, openVms, statusOf } from './vm-selection.ts';
import { isRunning, watchRuns } from './watching.ts';

export interface StatusOptions extends StatusFilter {
  /** Targets; names or globs. */
  readonly target?: readonly string[];
  /** Waves; names or globs. */
  readonly wave?: readonly string[];
  /** Waves, VMs, paths, servers or jobs; names or globs. Absent or empty: every VM of a wave. */
  readonly names?: readonly string[];
  /** How often an apply retries a stalled replication. */
  readonly maxAttempts?: number;
  /** Observes again, at an interval in milliseconds, until every run has ended or the user interrupts. */
  readonly watch?: { readonly interval: number; readonly onStatus: (status: Status) => void } | undefined;
}

/** The replication status of each VM, or why there is none. */
export type StatusResult = InvalidManifests | { readonly kind: 'observed'; readonly status: Status };

/**
 * Observes the replication status of each VM.
 * @throws LandfallError VM_UNKNOWN or WAVE_UNKNOWN for a name that fits nothing, or where an account cannot be reached
 */
export async function status(workspace: Workspace, options: StatusOptions = {}): Promise<StatusResult> {
  const { names = [], wave, watch, maxAttempts } = options;
  const read = await readValidManifests(workspace);
  if (read.kind === 'invalid') return read;
  const manifests = { ...read, desired: withMaxAttempts(read.desired, maxAttempts) };
  await using opened = await openVms(workspace, manifests, options, names);
  const vms = inWaves(opened, wave);
  const narrow = (status: Status, observed: ReadonlyMap<string, Observed>): Status =>
    filterStatus(status, options, { observed, traits: vms.traits });
  const seen =
    watch === undefined
      ? narrow(statusOf(vms), vms.observed)
      : await watchRuns(workspace.host, vms, { ...watch, waitsFor: isRunning, narrow });
  return { kind: 'observed', status: seen };
}
