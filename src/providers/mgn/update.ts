import type { UpdateRequest } from '../../core/provider.ts';
import { configureLaunch, configureReplication } from './configure.ts';
import { arnOf, type Deeds, goneMeanwhile, isOurs, takenMeanwhile, whose } from './deed.ts';
import { checkMayLeave, intoApplication } from './into-application.ts';
import { descriptionTags, ownerTags, projectOf } from './marker.ts';

/**
 * Changes what differs, and nothing else. A new marker is written last: until then the plan goes on showing that the
 * server changes hands, and whatever was cut off is done by the next run.
 */
export async function updateJob(request: UpdateRequest, deeds: Deeds): Promise<void> {
  const { api, looks, groups, batches } = deeds;
  const { id, settings, after, owner, writeMarker = false } = request;
  await batches.during(async () => {
    const server = await looks.look(id);
    if (server === undefined) throw goneMeanwhile(id);
    const other = projectOf(server.tags);
    // To take over what is nobody's is what an adoption is for.
    if (!isOurs(server, owner) && !(writeMarker && other === undefined)) {
      throw takenMeanwhile(server, `belongs to ${whose(server)} by now`);
    }
    await configureLaunch(api, server, settings);
    await configureReplication(api, server, settings);
    if (writeMarker || 'app' in settings) {
      const app = String(after['app'] ?? owner.wave);
      await checkMayLeave(deeds, server, app, owner, true);
      await intoApplication(deeds, server, await groups.ensure(app, owner));
    }
    const { description } = settings;
    const tags = {
      ...(description !== undefined && descriptionTags(String(description))),
      ...(writeMarker && ownerTags(owner)),
    };
    if (Object.keys(tags).length > 0) await api.tagResource({ resourceArn: arnOf(server), tags });
  });
}
