import { memberCount } from '../world.ts';
import { groupOf, serverOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { conflict, overQuota } from './errors.ts';

interface ServersInput {
  readonly applicationID: string;
  readonly sourceServerIDs: readonly string[];
}

interface ApplicationsInput {
  readonly waveID: string;
  readonly applicationIDs: readonly string[];
}

export function associateSourceServers(desk: MgnDesk, input: ServersInput): object {
  const application = groupOf('application', desk, { ...input });
  if (application.archived) throw archived('Application', application.id);
  const servers = [...new Set(input.sourceServerIDs)].map((id) => serverOf(desk, id));
  const elsewhere = servers.filter(({ applicationId = application.id }) => applicationId !== application.id);
  if (elsewhere.length > 0) {
    const ids = elsewhere.map(({ id }) => id);
    throw conflict(`${ids.join(', ')}: associated with another application.`, 'SourceServer', ids);
  }
  for (const server of servers) if (server.archived) throw archived('SourceServer', server.id);
  const ids = servers.filter(({ applicationId }) => applicationId === undefined).map(({ id }) => id);
  const limit = desk.quotas.serversPerApplication;
  if (memberCount(desk.mgn, application.id) + ids.length > limit) {
    throw overQuota('source servers in an application', limit);
  }
  if (ids.length > 0) desk.commit({ do: 'assign', ids, to: application.id });
  return {};
}

export function disassociateSourceServers(desk: MgnDesk, input: ServersInput): object {
  const application = groupOf('application', desk, { ...input });
  if (application.archived) throw archived('Application', application.id);
  const servers = [...new Set(input.sourceServerIDs)].map((id) => serverOf(desk, id));
  const ids = servers.filter(({ applicationId }) => applicationId === application.id).map(({ id }) => id);
  if (ids.length > 0) desk.commit({ do: 'assign', ids });
  return {};
}

export function associateApplications(desk: MgnDesk, input: ApplicationsInput): object {
  const wave = groupOf('wave', desk, { ...input });
  if (wave.archived) throw archived('Wave', wave.id);
  const applications = applicationsOf(desk, input);
  const elsewhere = applications.filter(({ waveId = wave.id }) => waveId !== wave.id).map(({ id }) => id);
  if (elsewhere.length > 0) {
    throw conflict(`${elsewhere.join(', ')}: associated with another wave.`, 'Application', elsewhere);
  }
  for (const application of applications)
    if (application.archived) throw archived('Application', application.id);
  const ids = applications.filter(({ waveId }) => waveId === undefined).map(({ id }) => id);
  const limit = desk.quotas.applicationsPerWave;
  if (memberCount(desk.mgn, wave.id) + ids.length > limit) throw overQuota('applications in a wave', limit);
  if (ids.length > 0) desk.commit({ do: 'assign', ids, to: wave.id });
  return {};
}

export function disassociateApplications(desk: MgnDesk, input: ApplicationsInput): object {
  const wave = groupOf('wave', desk, { ...input });
  if (wave.archived) throw archived('Wave', wave.id);
  const ids = applicationsOf(desk, input)
    .filter(({ waveId }) => waveId === wave.id)
    .map(({ id }) => id);
  if (ids.length > 0) desk.commit({ do: 'assign', ids });
  return {};
}

const applicationsOf = (desk: MgnDesk, { applicationIDs }: ApplicationsInput) =>
  [...new Set(applicationIDs)].map((applicationID) => groupOf('application', desk, { applicationID }));

const archived = (type: string, id: string) => conflict(`${type} ${id} is archived.`, type, [id]);
