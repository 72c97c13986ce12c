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

/** The most ids that a filter takes. */
const MAX_FILTER_IDS = 200;

/**
 * Archives servers, and then the applications and waves of the project in which all servers are archived. If the
 * application or wave of an archived server cannot be archived, the step of the server fails: the next plan shows it
 * again.
 */
export async function archiveServers(
  requests: readonly StepRequest[],
  context: ChangeContext,
): Promise<readonly StepResult[]> {
  const outcomes = await Promise.all(
    requests.map(async (request) => ({ request, ...(await takeServerStep(ARCHIVE, request.id, context)) })),
  );
  const archived = outcomes.flatMap(({ server }) => server ?? []);
  const [project] = requests.map(({ owner }) => owner.project);
  const groups = await archiveGroups(project ?? '', archived, context);
  return outcomes.map(({ request: { id }, server, error }): StepResult => {
    if (error !== undefined) return { id, error };
    return { id, ...groups.get(server.applicationID ?? '') };
  });
}

/** The outcome of archiving an application and its wave. */
type GroupOutcome = Omit<StepResult, 'id'>;

/** Archives the finished applications and waves of some servers. Returns the outcomes by application id. */
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
    const outcome = { error: notArchivedError('their applications', asLandfallError(error)) };
    return new Map(ids.map((id) => [id, outcome]));
  }
  const finished = finishedGroups(project, groups);
  const errors = new Map<string, LandfallError>();
  const tryArchive = async (what: string, id: string, call: () => Promise<unknown>) => {
    await call().catch((error: unknown) =>
      errors.set(id, notArchivedError(`${what} ${id}`, asLandfallError(error))),
    );
  };
  // A wave can be archived only after its applications.
  await Promise.all(
    [...finished.applications].map((id) =>
      tryArchive('application', id, () => api.archiveApplication({ applicationID: id })),
    ),
  );
  await Promise.all(
    [...finished.waves].map((id) => tryArchive('wave', id, () => api.archiveWave({ waveID: id }))),
  );
  const waveOf = wavesByApplication(groups);
  return new Map(
    ids.map((id): [string, GroupOutcome] => {
      const wave = waveOf.get(id) ?? '';
      const error = errors.get(id) ?? errors.get(wave);
      if (error !== undefined) return [id, { error }];
      const archivedToo = [
        ...(finished.applications.has(id) ? [id] : []),
        ...(finished.waves.has(wave) ? [wave] : []),
      ];
      return [id, archivedToo.length === 0 ? {} : { detail: `with ${archivedToo.join(' and ')}` }];
    }),
  );
}

/** Reads the waves of some applications, and all applications and servers in them. */
async function readGroups(ids: readonly string[], context: MgnContext): Promise<GroupListing> {
  const { api } = context;
  const given = await readInParts(ids, (applicationIDs) =>
    listItems<Application>((size) =>
      paginateListApplications({ client: api, ...size }, { filters: { applicationIDs } }),
    ),
  );
  const waveIds = [...new Set(given.flatMap(({ waveID }) => waveID ?? []))];
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
    ...new Map([...given, ...others].map((one) => [one.applicationID ?? '', one])).values(),
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

/** Reads by ids, as many at once as a filter takes. Makes no call without ids: an empty filter matches everything. */
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
  return new LandfallError(
    error.code,
    `the server is archived, but ${what} could not be archived: ${error.message}`,
    {
      source: error.source,
      remedy: error.remedy ?? 'run again: the next run archives what is left',
      cause: error,
    },
  );
}

function asLandfallError(error: unknown): LandfallError {
  if (error instanceof LandfallError) return error;
  throw error;
}
