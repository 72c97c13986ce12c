import { memberCount } from '../account.ts';
import { groupOf, type MgnOperationContext, serverOf } from './context.ts';
import { conflict, quotaExceeded } from './errors.ts';

interface ServersInput {
  readonly applicationID: string;
  readonly sourceServerIDs: readonly string[];
}

interface ApplicationsInput {
  readonly waveID: string;
  readonly applicationIDs: readonly string[];
}

export function associateSourceServers(context: MgnOperationContext, input: ServersInput): object {
  const application = groupOf('application', context, { ...input });
  if (application.archived) throw archived('Application', application.id);
  const servers = [...new Set(input.sourceServerIDs)].map((id) => serverOf(context, id));
  const elsewhere = servers.filter(({ applicationId = application.id }) => applicationId !== application.id);
  if (elsewhere.length > 0) {
    const ids = elsewhere.map(({ id }) => id);
    throw conflict(`${ids.join(', ')}: associated with another application.`, 'SourceServer', ids);
  }
  for (const server of servers) if (server.archived) throw archived('SourceServer', server.id);
  const ids = servers.filter(({ applicationId }) => applicationId === undefined).map(({ id }) => id);
  const limit = context.quotas.serversPerApplication;
  if (memberCount(context.mgn, application.id) + ids.length > limit) {
    throw quotaExceeded('source servers in an application', limit);
  }
  if (ids.length > 0) context.commit({ do: 'assign', ids, to: application.id });
  return {};
}

export function disassociateSourceServers(context: MgnOperationContext, input: ServersInput): object {
  const application = groupOf('application', context, { ...input });
  if (application.archived) throw archived('Application', application.id);
  const servers = [...new Set(input.sourceServerIDs)].map((id) => serverOf(context, id));
  const ids = servers.filter(({ applicationId }) => applicationId === application.id).map(({ id }) => id);
  if (ids.length > 0) context.commit({ do: 'assign', ids });
  return {};
}

export function associateApplications(context: MgnOperationContext, input: ApplicationsInput): object {
  const wave = groupOf('wave', context, { ...input });
  if (wave.archived) throw archived('Wave', wave.id);
  const applications = applicationsOf(context, input);
  const elsewhere = applications.filter(({ waveId = wave.id }) => waveId !== wave.id).map(({ id }) => id);
  if (elsewhere.length > 0) {
    throw conflict(`${elsewhere.join(', ')}: associated with another wave.`, 'Application', elsewhere);
  }
  for (const application of applications)
    if (application.archived) throw archived('Application', application.id);
  const ids = applications.filter(({ waveId }) => waveId === undefined).map(({ id }) => id);
  const limit = context.quotas.applicationsPerWave;
  if (memberCount(context.mgn, wave.id) + ids.length > limit)
    throw quotaExceeded('applications in a wave', limit);
  if (ids.length > 0) context.commit({ do: 'assign', ids, to: wave.id });
  return {};
}

export function disassociateApplications(context: MgnOperationContext, input: ApplicationsInput): object {
  const wave = groupOf('wave', context, { ...input });
  if (wave.archived) throw archived('Wave', wave.id);
  const ids = applicationsOf(context, input)
    .filter(({ waveId }) => waveId === wave.id)
    .map(({ id }) => id);
  if (ids.length > 0) context.commit({ do: 'assign', ids });
  return {};
}

const applicationsOf = (context: MgnOperationContext, { applicationIDs }: ApplicationsInput) =>
  [...new Set(applicationIDs)].map((applicationID) => groupOf('application', context, { applicationID }));

const archived = (type: string, id: string) => conflict(`${type} ${id} is archived.`, type, [id]);
