import { byKeys } from '../core/lists.ts';
import { isActive, isOwnedBy, type ObservedJob } from '../core/observed.ts';
import type { Connector, Disassociation } from '../core/operations.ts';

/**
 * What comes of taking a connector away: the jobs of its vCenter stall if no other healthy connector serves that.
 * One that is not healthy serves nothing as it is; of one that does not say which vCenter it serves, only a target's
 * last is known to matter.
 */
export function effectsOfDisassociation(
  target: string,
  connector: Connector,
  connectors: readonly Connector[],
  jobs: readonly ObservedJob[],
  project: string,
): Disassociation {
  const vCenter = vCenterOf(connector);
  const left = connectors.filter(({ id, healthy }) => healthy && id !== connector.id);
  const lastOfAll = connector.healthy && left.length === 0;
  const lastOfVCenter =
    connector.healthy && vCenter !== undefined && !left.some((other) => vCenterOf(other) === vCenter);
  const stalled = jobs.filter(
    (job) => isActive(job) && (lastOfAll || (lastOfVCenter && vCenterOf(job.server) === vCenter)),
  );
  const ours = stalled.filter((job) => isOwnedBy(job, project));
  return {
    target,
    connector,
    lastOfVCenter,
    lastOfAll,
    stalled: ours.toSorted(inOrder),
    stalledOthers: stalled.length - ours.length,
  };
}

const inOrder = byKeys<ObservedJob>(
  ({ owner }) => owner?.wave ?? '',
  ({ server }) => server.name ?? '',
  ({ id }) => id,
);

/** A vCenter's id, a UUID that tools write in either case. */
function vCenterOf({ vmManagerId }: { readonly vmManagerId?: string }): string | undefined {
  return vmManagerId?.toLowerCase();
}
