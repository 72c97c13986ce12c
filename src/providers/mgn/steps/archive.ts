import {
  type Application,
  paginateDescribeSourceServers,
  paginateListApplications,
  paginateListWaves,
  type SourceServer,
  type Wave,
} from '@aws-sdk/client-mgn';
import { LandfallError } from '../../../core/error.ts';
import type { StepRequest, StepResult } from '../../../core/provider.ts';
import { listItems } from '../../aws/paging.ts';
import type { MgnContext } from '../api.ts';
import { finishedGroups, type GroupListing, wavesByApplication } from '../group-rules.ts';
import type { ChangeContext } from '../source-server.ts';
import { ARCHIVE } from './sequence.ts';
import { takeServerStep } from './server-steps.ts';

/** Ids that a filter takes at most. */
const MAX_FILTER_IDS = 200;

/**
 * Archives some servers, and then the applications and waves of the project that have no others left. A server whose
 * application or wave could not be archived has failed, though it is archived itself: the next plan shows it again.
 */
export async function archiveServers(
  requests: readonly StepRequest[],
  context: ChangeContext,
): Promise<readonly StepResult[]> {
  const taken = await Promise.all(
    requests.map(async (request) => ({ request, ...(await takeServerStep(ARCHIVE, request.id, context)) })),
  );
  const archived = taken.flatMap(({ server }) => server ?? []);
  const [project] = requests.map(({ owner }) => owner.project);
  const ends = await archiveGroups(project ?? '', archived, context);
  return taken.map(({ request: { id }, server, error }): StepResult => {
    if (error !== undefined) return { id, error };
    return { id, ...ends.get(server.applicationID ?? '') };
  });
}

/** What became of an application and its wave. */
type GroupOutcome = Omit<StepResult, 'id'>;

/** Archives what is finished among the groups of some servers. @returns by application */
async function archiveGroups(
  project: string,
  servers: readonly SourceServer[],
  context: MgnContext,
): Promise<ReadonlyMap<string, GroupOutcome>> {
  const ids = [...new Set(servers.flatMap(({ applicationID }) => applicationID ?? []))];
  if (ids.length === 0) return new Map();
  const { api } = context;
  let groups: GroupListing;
  try {
    groups = await readGroups(ids, context);
  } catch (error) {
    const end = { error: notArchivedError('their applications', asLandfallError(error)) };
    return new Map(ids.map((id) => [id, end]));
  }
  const finished = finishedGroups(project, groups);
  const errors = new Map<string, LandfallError>();
  const attempt = async (what: string, id: string, call: () => Promise<unknown>) => {
    await call().catch((error: unknown) =>
      errors.set(id, notArchivedError(`${what} ${id}`, asLandfallError(error))),
    );
  };
  // A wave is finished only with its applications.
  await Promise.all(
    [...finished.applications].map((id) =>
      attempt('application', id, () => api.archiveApplication({ applicationID: id })),
    ),
  );
  await Promise.all(
    [...finished.waves].map((id) => attempt('wave', id, () => api.archiveWave({ waveID: id }))),
  );
  const waveOf = wavesByApplication(groups);
  return new Map(
    ids.map((id): [string, GroupOutcome] => {
      const wave = waveOf.get(id) ?? '';
      const error = errors.get(id) ?? errors.get(wave);
      if (error !== undefined) return [id, { error }];
      const also = [
        ...(finished.applications.has(id) ? [id] : []),
        ...(finished.waves.has(wave) ? [wave] : []),
      ];
      return [id, also.length === 0 ? {} : { detail: `with ${also.join(' and ')}` }];
    }),
  );
}

/** The waves of some applications, with all that is in them. */
async function readGroups(ids: readonly string[], context: MgnContext): Promise<GroupListing> {
  const { api } = context;
  const own = await readInParts(ids, (applicationIDs) =>
    listItems<Application>((size) =>
      paginateListApplications({ client: api, ...size }, { filters: { applicationIDs } }),
    ),
  );
  const waveIds = [...new Set(own.flatMap(({ waveID }) => waveID ?? []))];
  const [others, waves] = await Promise.all([
    readInParts(waveIds, (waveIDs) =>
      listItems<Application>((size) =>
        paginateListApplications({ client: api, ...size }, { filters: { waveIDs } }),
      ),
    ),
    readInParts(waveIds, (waveIDs) =>
      listItems<Wave>((size) => paginateListWaves({ client: api, ...size }, { filters: { waveIDs } })),
    ),
  ]);
  const applications = [
    ...new Map([...own, ...others].map((one) => [one.applicationID ?? '', one])).values(),
  ];
  const servers = await readInParts(
    applications.flatMap(({ applicationID }) => applicationID ?? []),
    (applicationIDs) =>
      listItems<SourceServer>((size) =>
        paginateDescribeSourceServers({ client: api, ...size }, { filters: { applicationIDs } }),
      ),
  );
  return { servers, applications, waves };
}

/** Reads something by ids, as many at once as a filter takes; a filter without ids would let everything through. */
async function readInParts<T>(
  ids: readonly string[],
  read: (ids: string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let from = 0; from < ids.length; from += MAX_FILTER_IDS)
    all.push(...(await read(ids.slice(from, from + MAX_FILTER_IDS))));
  return all;
}

function notArchivedError(what: string, error: LandfallError): LandfallError {
  return new LandfallError(error.code, `the server is archived, and ${what} could not be: ${error.message}`, {
    source: error.source,
    remedy: error.remedy ?? 'run again: what is left is archived then',
    cause: error,
  });
}

function asLandfallError(error: unknown): LandfallError {
  if (error instanceof LandfallError) return error;
  throw error;
}
