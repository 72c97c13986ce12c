import type { Settings } from '../../core/desired.ts';
import type { Observed, ObservedJob, ObservedServer } from '../../core/observed.ts';
import { byKeys } from '../../core/order.ts';
import type { Change } from '../../core/plan.ts';
import type { FieldRule } from '../../core/provider.ts';
import { groupJobs, indexServers } from '../servers.ts';
import type { KnownJob, ServerIdentity } from './saved-plan.ts';

/** The part of an account that changes stand on: told in the same words when a plan is saved and when it is checked. */
export interface Ground {
  /** Absent: neither the catalogue nor a job knows the server. */
  server(change: Change): ServerIdentity | undefined;
  /** All jobs of the change's server, sorted by id. */
  jobs(change: Change): readonly KnownJob[];
}

/** The ground of an account's changes; `rules` is the table of its provider's fields. */
export function groundOf(observed: Observed, rules: readonly FieldRule[]): Ground {
  const servers = indexServers(observed);
  const jobs = groupJobs(observed.jobs, servers);
  const unfinished = groupJobs(observed.unfinished ?? [], servers);
  const moving = new Set(rules.filter(({ movesByItself }) => movesByItself === true).map(({ name }) => name));
  return {
    server({ serverId }) {
      const server = servers.byId(serverId);
      return server === undefined ? undefined : identityOf(server);
    },
    jobs(change) {
      const touched = new Set(change.fields.map(({ field }) => field));
      const counts = (setting: string): boolean => !moving.has(setting) || touched.has(setting);
      const all = [
        ...(jobs.get(change.serverId) ?? []),
        // To a create they are nothing, and a delete is about them.
        ...(change.action === 'delete' ? (unfinished.get(change.serverId) ?? []) : []),
      ];
      // How far a job is on its way, which moves by itself, is nothing to a change of its settings.
      const onTheWay = change.action !== 'update';
      return all.map((job) => knownJob(job, counts, onTheWay)).toSorted(byId);
    },
  };
}

const byId = byKeys<KnownJob>(({ id }) => id);

function identityOf({ serverId, name, path, vmManagerId, vmId, vmWareUuid }: ObservedServer): ServerIdentity {
  return {
    serverId,
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmId !== undefined && { vmId }),
    ...(vmWareUuid !== undefined && { vmWareUuid }),
  };
}

function knownJob(
  { id, state, owner, settings, facts }: ObservedJob,
  counts: (name: string) => boolean,
  onTheWay: boolean,
): KnownJob {
  const known: Settings = Object.fromEntries(Object.entries(settings).filter(([name]) => counts(name)));
  return {
    id,
    state: state === 'failed' || state === 'completed' ? state : 'active',
    ...(owner !== undefined && { owner }),
    settings: known,
    ...(onTheWay && facts !== undefined && { facts }),
  };
}
