import type { SourceServer } from '@aws-sdk/client-mgn';
import { byKeys } from '../../core/lists.ts';
import type { ObservedServer } from '../../core/observed.ts';

/** Lifecycles of a server with which nothing has been done yet (domain, MGN: agentless flow, step 2). */
const UNTOUCHED: ReadonlySet<string | undefined> = new Set(['DISCOVERED', 'PENDING_INSTALLATION']);

/** Whether a server is still only known to be there. */
export function isUntouched({ lifeCycle }: SourceServer): boolean {
  return UNTOUCHED.has(lifeCycle?.state);
}

/** A source server by what a manifest may call it; undefined for one without an id, which nothing can be done with. */
export function readServer(server: SourceServer): ObservedServer | undefined {
  const { sourceServerID: serverId, sourceProperties, tags } = server;
  if (serverId === undefined) return undefined;
  const { hostname, fqdn, vmPath, vmWareUuid } = sourceProperties?.identificationHints ?? {};
  const names = new Set(
    [hostname, tags?.['Name'], fqdn].flatMap((name) => (name === '' ? [] : (name ?? []))),
  );
  const [name, ...others] = names;
  return {
    serverId,
    ...(name !== undefined && { name }),
    ...(others.length > 0 && { otherNames: others }),
    ...(vmPath !== undefined && vmPath !== '' && { path: vmPath }),
    ...(vmWareUuid !== undefined && vmWareUuid !== '' && { vmWareUuid }),
    ...(!isUntouched(server) && { hadJob: true }),
  };
}

/**
 * The servers that a manifest may mean. An archived one is a VM's past: it counts only where no other is the same VM,
 * by UUID or path, so that a VM which was discovered anew is not ambiguous.
 */
export function presentServers(all: readonly SourceServer[]): readonly SourceServer[] {
  const taken = new Set(all.filter(({ isArchived }) => isArchived !== true).flatMap(identities));
  const past = all.filter(({ isArchived }) => isArchived === true).toSorted(latestFirst);
  const kept = past.filter((server) => {
    const ids = identities(server);
    const superseded = ids.some((id) => taken.has(id));
    for (const id of ids) taken.add(id);
    return !superseded;
  });
  const left = new Set(kept);
  return all.filter((server) => server.isArchived !== true || left.has(server));
}

function identities({ sourceProperties }: SourceServer): readonly string[] {
  const { vmPath, vmWareUuid } = sourceProperties?.identificationHints ?? {};
  return [
    ...(vmWareUuid === undefined || vmWareUuid === '' ? [] : [`uuid ${vmWareUuid.toLowerCase()}`]),
    ...(vmPath === undefined || vmPath === '' ? [] : [`path ${vmPath}`]),
  ];
}

const byAge = byKeys<SourceServer>(
  ({ lifeCycle }) => lifeCycle?.addedToServiceDateTime ?? '',
  ({ sourceServerID }) => sourceServerID ?? '',
);
const latestFirst = (a: SourceServer, b: SourceServer): number => byAge(b, a);
