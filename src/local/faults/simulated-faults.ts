import type { Faults, Stage } from './faults.ts';

/** The faults that the simulated services read: all but those of single requests. */
export interface SimulatedFaults {
  readonly unhealthyConnectors: readonly string[];
  readonly failures: readonly { readonly server: string; readonly stage: string; readonly message: string }[];
  /** Launches of MGN that fail, of tests, of cutovers or of both. */
  readonly launchFailures?: readonly {
    readonly server: string;
    readonly of?: 'test' | 'cutover';
    readonly message: string;
  }[];
  /** Replications of MGN that stall. */
  readonly stalls?: readonly { readonly server: string; readonly error: string; readonly message: string }[];
  /** Servers of MGN whose EC2 launch template says that they run on dedicated hosts. */
  readonly dedicatedHosts?: readonly string[];
}

/** Messages that AWS users have reported (domain: SMS rules). */
const MESSAGES: Readonly<Record<Stage, string>> = {
  Uploading: 'ServerError: Failed to upload base disk(s) to S3. Please try again.',
  Converting:
    'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.',
};

const STALLED = 'The data replication has stalled.';

/** Selects the faults that the simulated services read, and fills in their default messages. */
export function simulatedFaults(faults: Faults): SimulatedFaults {
  const { unhealthyConnectors = [], failures = [], launchFailures, stalls, dedicatedHosts } = faults;
  return {
    unhealthyConnectors,
    failures: failures.map(({ server, stage, message = MESSAGES[stage] }) => ({ server, stage, message })),
    ...(launchFailures && {
      launchFailures: launchFailures.map((one) => ({ message: 'The instance failed to launch.', ...one })),
    }),
    ...(stalls && {
      stalls: stalls.map(({ server, error = 'SNAPSHOTS_FAILURE', message = STALLED }) => ({
        server,
        error,
        message,
      })),
    }),
    ...(dedicatedHosts && { dedicatedHosts }),
  };
}

/** Whether `text` matches a pattern, regardless of case: `*` matches any characters, `?` matches one. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}
