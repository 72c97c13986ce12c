import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../../core/error.ts';
import { isServiceError } from '../../aws/errors.ts';
import { hasUnknownOutcome, retryAfterLookup, unknownOutcomeError } from '../../aws/retries.ts';
import type { MgnApi } from '../api.ts';
import { retryFacts, retryTags } from '../marker.ts';
import { type ChangeContext, serverGoneError, tagServer } from '../source-server.ts';
import { ARCHIVE, END_TEST, FINALIZE, REVERT, START_REPLICATION } from './sequence.ts';

/** The steps that the service takes for one server in each call. */
type SingleServerStep =
  typeof START_REPLICATION | typeof END_TEST | typeof REVERT | typeof FINALIZE | typeof ARCHIVE;

interface StepCall {
  /** Makes the call; resolves to the server after the step. */
  readonly call: (api: MgnApi, sourceServerID: string) => Promise<SourceServer>;
  /** Whether the step has been taken for a server. */
  readonly isDone: (server: SourceServer) => boolean;
}

const STEP_CALLS: Readonly<Record<SingleServerStep, StepCall>> = {
  [START_REPLICATION]: {
    call: (api, sourceServerID) => api.startReplication({ sourceServerID }),
    isDone: ({ lifeCycle }) => !['STOPPED', 'DISCOVERED', 'DISCONNECTED'].includes(lifeCycle?.state ?? ''),
  },
  [END_TEST]: changeState('READY_FOR_CUTOVER'),
  [REVERT]: changeState('READY_FOR_TEST'),
  [FINALIZE]: {
    call: (api, sourceServerID) => api.finalizeCutover({ sourceServerID }),
    isDone: ({ lifeCycle }) => lifeCycle?.state === 'CUTOVER',
  },
  [ARCHIVE]: {
    call: (api, sourceServerID) => api.markAsArchived({ sourceServerID }),
    isDone: ({ isArchived }) => isArchived === true,
  },
};

function changeState(state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER'): StepCall {
  return {
    call: (api, sourceServerID) => api.changeServerLifeCycleState({ sourceServerID, lifeCycle: { state } }),
    isDone: ({ lifeCycle }) => lifeCycle?.state === state,
  };
}

/** The server after a step, or the error of the step. */
type SingleStepOutcome =
  | { readonly server: SourceServer; readonly error?: undefined }
  | { readonly server?: undefined; readonly error: LandfallError };

/**
 * Takes a step for one server. A call that fails may have been executed by an earlier attempt without an answer, so the
 * state of the server decides whether the step failed.
 */
export async function takeServerStep(
  step: SingleServerStep,
  id: string,
  { api, clock, lookups }: ChangeContext,
): Promise<SingleStepOutcome> {
  const { call, isDone } = STEP_CALLS[step];
  try {
    const server = await retryAfterLookup({
      call: () => call(api, id),
      async lookUp(error) {
        const found = await lookups.lookUp(id).catch((lookup: unknown) => {
          if (!(lookup instanceof LandfallError)) throw lookup;
          // After a refusal, the error of the call is the one to report.
          if (!hasUnknownOutcome(error)) throw error;
          const remedy = 'plan again: the plan shows the state of the server';
          throw unknownOutcomeError(`whether ${step} of ${id} has been executed`, error, lookup, remedy);
        });
        return found !== undefined && isDone(found) ? found : undefined;
      },
      isRefusal: () => true,
      clock,
    });
    return { server };
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return { error: explainConflict(error, step, id) };
  }
}

/**
 * Retries the replication of a server that has stalled; one that goes on by now is left alone. The retry is counted before
 * the call, and the call is made once: one whose reply is lost counts too.
 * @throws LandfallError
 */
export async function retryReplication(id: string, context: ChangeContext): Promise<void> {
  const server = await context.lookups.lookUp(id);
  if (server === undefined) throw serverGoneError(id);
  if (server.dataReplicationInfo?.dataReplicationState !== 'STALLED') return;
  const { retries = 0 } = retryFacts(server);
  await tagServer(context, server, retryTags(retries + 1, context.time.now()));
  await context.api.retryDataReplication({ sourceServerID: id });
}

/** Names the server in the error of a conflict: the service's message often does not. */
function explainConflict(error: LandfallError, step: string, id: string): LandfallError {
  if (error.message.includes(id) || !isServiceError(error, 'ConflictException')) return error;
  const reason = (error.cause as Error).message.replace(/\.$/, '');
  return new LandfallError(error.code, `the service refused ${step} of ${id}: ${reason}`, {
    source: error.source,
    cause: error.cause,
    ...(error.remedy !== undefined && { remedy: error.remedy }),
  });
}
