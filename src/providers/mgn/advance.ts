import { LandfallError } from '../../core/error.ts';
import type { StepRequest, StepResult } from '../../core/provider.ts';
import { archiveServers } from './archive.ts';
import type { MgnContext } from './context.ts';
import { startJobs } from './start-job.ts';
import { takeAlone } from './step-alone.ts';
import {
  ARCHIVE,
  END_TEST,
  FINALIZE,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  TERMINATE,
} from './way.ts';

/** Takes the same step with some servers, once the service has accepted it; never throws for one of them. */
export async function advance(
  step: string,
  requests: readonly StepRequest[],
  context: MgnContext,
): Promise<readonly StepResult[]> {
  switch (step) {
    case START_TEST:
    case START_CUTOVER:
    case TERMINATE:
      return startJobs(step, requests, context);
    case ARCHIVE:
      return archiveServers(requests, context);
    case START_REPLICATION:
    case END_TEST:
    case REVERT:
    case FINALIZE:
      return Promise.all(
        requests.map(async ({ id }) => {
          const { error, server } = await takeAlone(step, id, context);
          if (error !== undefined) return { id, error };
          const detail = step === FINALIZE ? server.launchedInstance?.ec2InstanceID : undefined;
          return detail === undefined ? { id } : { id, detail };
        }),
      );
    default: {
      const error = new LandfallError('INTERNAL', `AWS MGN knows no step ${step}`, { source: 'landfall' });
      return requests.map(({ id }) => ({ id, error }));
    }
  }
}
