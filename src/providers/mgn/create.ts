import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { CreateRequest, ExistingJob } from '../../core/provider.ts';
import { configureLaunch, configureReplication } from './configure.ts';
import { arnOf, type Deeds, goneMeanwhile, isOurs, takenMeanwhile, whose } from './deed.ts';
import { checkMayLeave, intoApplication } from './into-application.ts';
import { makeOnce } from './make-once.ts';
import { descriptionTags, ownerTags, projectOf } from './marker.ts';

/** Lifecycles from which StartReplication leads on. */
const STARTABLE: ReadonlySet<string | undefined> = new Set(['DISCOVERED', 'PENDING_INSTALLATION', 'STOPPED']);

/**
 * Has a server replicate as git wants it: marked as ours, configured, in its application and wave, and only then
 * started. Each call does nothing where its work is done already, and the start comes last: whatever was cut off, the
 * same request made again comes to the same end, and what replicates is complete.
 */
export async function createJob(request: CreateRequest, deeds: Deeds): Promise<string | ExistingJob> {
  const { looks, batches } = deeds;
  const { serverId } = request;
  const there = await batches.during(async () => {
    const server = await looks.look(serverId);
    if (server === undefined) throw goneMeanwhile(serverId);
    if (!STARTABLE.has(server.lifeCycle?.state)) return ownOnly(server, request);
    await prepare(server, request, deeds);
    return undefined;
  });
  return there ?? start(request, deeds);
}

async function prepare(server: SourceServer, request: CreateRequest, deeds: Deeds): Promise<void> {
  const { api, groups } = deeds;
  const { owner, settings } = request;
  const app = String(settings['app'] ?? owner.wave);
  const { description } = settings;
  const other = projectOf(server.tags);
  if (other !== undefined && other !== owner.project) {
    throw takenMeanwhile(server, `belongs to ${whose(server)}`);
  }
  if (server.replicationType === 'AGENT_BASED') throw needsAgent(server);
  await checkMayLeave(deeds, server, app, owner, false);
  const application = await groups.ensure(app, owner);
  await api.tagResource({
    resourceArn: arnOf(server),
    tags: {
      ...ownerTags(owner),
      ...(description !== undefined && descriptionTags(String(description))),
    },
  });
  // Left out, a licence is Auto (domain, licence types), and only we know what that means.
  await configureLaunch(api, server, { licenseType: 'Auto', ...settings });
  await configureReplication(api, server, settings);
  await intoApplication(deeds, server, application);
}

/** Starts the replication; one that an earlier attempt has started is a success, and one of another run was there. */
function start({ serverId, owner }: CreateRequest, deeds: Deeds): Promise<string | ExistingJob> {
  const { api, looks, clock } = deeds;
  return makeOnce<string | ExistingJob>(
    async () => {
      await api.startReplication({ sourceServerID: serverId });
      return serverId;
    },
    async (mayBeOurs) => {
      const server = await looks.look(serverId);
      if (server === undefined) throw goneMeanwhile(serverId);
      if (STARTABLE.has(server.lifeCycle?.state)) return undefined;
      const existing = ownOnly(server, { owner });
      return mayBeOurs ? serverId : existing;
    },
    clock,
  );
}

/** A server that replicates already: as good as a success where it is marked as ours. */
function ownOnly(server: SourceServer, { owner }: Pick<CreateRequest, 'owner'>): ExistingJob {
  if (!isOurs(server, owner)) {
    throw takenMeanwhile(server, `has got a replication of ${whose(server)} in the meantime`);
  }
  return { id: server.sourceServerID ?? '', alreadyExisted: true };
}

/** Only what ships snapshots is started from here (domain, MGN: agentless flow). */
function needsAgent({ sourceServerID = '' }: SourceServer): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    `source server ${sourceServerID} replicates by an agent, which starts it once it is installed`,
    {
      remedy:
        'change its replication type to snapshot shipping in the console; or install the agent, and set `adopt: true` on the wave',
    },
  );
}
