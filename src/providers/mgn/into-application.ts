import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { Owner } from '../../core/observed.ts';
import { associate, disassociate } from './associate.ts';
import { idOf } from './configure.ts';
import { type Deeds, isOurs } from './deed.ts';
import type { Ready } from './groups.ts';
import { projectOf } from './marker.ts';

/**
 * Refuses to take a server out of the application it is in, where that is somebody else's: another project's at any
 * time, and nobody's where the plan has not shown that the server leaves it.
 */
export async function checkMayLeave(
  { groups }: Deeds,
  server: SourceServer,
  wanted: string,
  owner: Owner,
  shown: boolean,
): Promise<void> {
  const { applicationID } = server;
  if (applicationID === undefined) return;
  const application = await groups.application(applicationID);
  if (application === undefined || application.name === wanted) return;
  const { name = applicationID, tags } = application;
  const project = projectOf(tags);
  if (project === owner.project) return;
  if (project === undefined && (shown || isOurs(server, owner))) return;
  const who = project === undefined ? 'which landfall did not make' : `which belongs to project "${project}"`;
  throw new LandfallError(
    'SERVICE_ERROR',
    `source server ${idOf(server)} is in application ${name}, ${who}`,
    {
      remedy:
        project === undefined
          ? `write \`app: ${name}\` to leave it there, or take it out of there in the console`
          : 'take the VM out of that project first',
    },
  );
}

/** Puts a server into an application; out of the one it is in, if that is another (domain: a server has one). */
export async function intoApplication(
  { api, batches, groups }: Deeds,
  server: SourceServer,
  { id }: Ready,
): Promise<void> {
  const { applicationID: before } = server;
  if (before === id) return;
  // With an archived one nothing can be associated, nor taken out of it.
  if (before !== undefined && (await groups.application(before))?.isArchived !== true) {
    await disassociate(api, batches, idOf(server), before);
  }
  await associate(api, batches, idOf(server), id);
}
