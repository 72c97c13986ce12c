import type { SimulatedFaults } from '../sms/simulation/records.ts';
import type { Faults, Stage } from './faults.ts';

/** Messages seen in the wild (domain: SMS rules). */
const MESSAGES: Readonly<Record<Stage, string>> = {
  Uploading: 'ServerError: Failed to upload base disk(s) to S3. Please try again.',
  Converting:
    'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.',
};

const STALLED = 'The data replication has stalled.';

/** The part of the faults that the simulated service itself suffers. */
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

/** Whether `text` fits a pattern in which `*` stands for any characters and `?` for one, regardless of case. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}
