import { omit, omitUndefined } from '../../collections.ts';
import { invalidParameter, operationNotPermitted } from '../../errors.ts';
import { digestId } from '../../simulation/ids.ts';
import type { App, AppConfiguration, Settings } from '../records.ts';
import { launchSettings, orderOf, validationStatus } from '../simulation/apps.ts';
import {
  type AppInput,
  appOf,
  checkReplicated,
  isReplicating,
  serverIdOf,
  type ServerInput,
  wireMember,
} from './apps.ts';
import type { OperationContext, ServerReplication } from './context.ts';
import { checkFrequency, checkKey } from './jobs.ts';

/** The members of a configuration: its groups, and what each group has for its servers. */
const MEMBERS: Readonly<Record<AppConfiguration, readonly [groups: string, servers: string]>> = {
  replication: ['serverGroupReplicationConfigurations', 'serverReplicationConfigurations'],
  launch: ['serverGroupLaunchConfigurations', 'serverLaunchConfigurations'],
  validation: ['serverGroupValidationConfigurations', 'serverValidationConfigurations'],
};

type ServerEntry = Settings & { readonly server?: ServerInput };
type GroupEntry = Settings & { readonly serverGroupId?: string };
interface ValidationEntry {
  readonly validationId?: string;
  readonly name?: string;
}

/** Sets a configuration of an application, in the place of the one that it has. */
export function putConfiguration(
  what: AppConfiguration,
  context: OperationContext,
  input: AppInput & Settings,
): object {
  const app = appOf(context, input);
  const [groups, servers] = MEMBERS[what];
  if (what === 'replication') checkStopped(context, app);
  let validations = 0;
  const identified = <T extends object>(entry: T): T =>
    what === 'validation'
      ? {
          validationId: digestId('val-', `${app.id}\n${context.account.now}\n${(validations += 1)}`),
          ...entry,
        }
      : entry;
  const entries = ((input[groups] ?? []) as readonly GroupEntry[]).map((group) => {
    const own = app.facts.groups.find(({ id }) => id === group.serverGroupId);
    if (own === undefined) throw invalidParameter(`Server group ${group.serverGroupId ?? ''} not found.`);
    const members = ((group[servers] ?? []) as readonly ServerEntry[]).map((entry) => {
      const serverId = serverIdOf(context, entry.server ?? {});
      if (!own.servers.includes(serverId))
        throw invalidParameter(`Server ${serverId} is not in server group ${own.id}.`);
      if (what === 'replication') checkParameters(entry['serverReplicationParameters'] ?? {});
      return identified({ ...entry, server: { serverId } });
    });
    return { ...group, [servers]: members };
  });
  const apart = (input['appValidationConfigurations'] ?? []) as readonly object[];
  const settings = {
    ...omit(input, 'appId'),
    [groups]: entries,
    ...(what === 'validation' && { appValidationConfigurations: apart.map(identified) }),
  };
  context.commit({ do: 'configure-app', app: app.id, what, settings });
  return {};
}

function checkParameters(parameters: ServerReplication): void {
  checkFrequency(parameters.runOnce ?? false, parameters.frequency);
  checkKey(parameters);
}

function checkStopped(context: OperationContext, app: App): void {
  if (isReplicating(context, app)) throw operationNotPermitted(`Application ${app.id} is replicating.`);
}

/** Returns a configuration, with its servers as GetServers has them; empty if there is none. */
export function getConfiguration(what: AppConfiguration, context: OperationContext, input: AppInput): object {
  const { id, configurations } = appOf(context, input);
  const [groups, servers] = MEMBERS[what];
  const settings = configurations[what];
  if (settings === undefined) return what === 'launch' ? { appId: id } : {};
  const entries = settings[groups] as readonly GroupEntry[];
  return {
    ...(what === 'launch' && { appId: id }),
    ...settings,
    [groups]: entries.map((group) => ({
      ...group,
      [servers]: (group[servers] as readonly ServerEntry[]).map((entry) => ({
        ...entry,
        server: wireMember(context, entry.server?.serverId ?? ''),
      })),
    })),
  };
}

export function deleteConfiguration(
  what: AppConfiguration,
  context: OperationContext,
  input: AppInput,
): object {
  const app = appOf(context, input);
  if (what === 'replication') checkStopped(context, app);
  if (app.configurations[what] !== undefined) context.commit({ do: 'configure-app', app: app.id, what });
  return {};
}

/** All validations of an application, each with its server, if it is one of a server. */
function validationsOf({ configurations }: App): (ValidationEntry & { readonly server?: ServerInput })[] {
  const [groups, servers] = MEMBERS.validation;
  const { [groups]: entries = [], appValidationConfigurations: apart = [] } = configurations.validation ?? {};
  return [
    ...(apart as readonly ValidationEntry[]),
    ...(entries as readonly GroupEntry[]).flatMap((group) => group[servers] as readonly ValidationEntry[]),
  ];
}

export function getAppValidationOutput(context: OperationContext, input: AppInput): object {
  const app = appOf(context, input);
  return {
    validationOutputList: validationsOf(app).map(({ validationId = '', name, server }) => {
      const {
        status = 'READY_FOR_VALIDATION',
        message,
        at,
      } = validationStatus(context.account, app, validationId) ?? {};
      return {
        validationId,
        name,
        status: context.spell(status),
        statusMessage: message,
        latestValidationTime: at === undefined || at > context.account.now ? undefined : at / 1000,
        serverValidationOutput: server && { server: wireMember(context, server.serverId ?? '') },
      };
    }),
  };
}

/** Notes what a client says of a validation. */
export function notifyAppValidationOutput(
  context: OperationContext,
  input: AppInput & {
    readonly notificationContext?: {
      readonly validationId?: string;
      readonly status?: string;
      readonly statusMessage?: string;
    };
  },
): object {
  const app = appOf(context, input);
  const { validationId: validation = '', status = '', statusMessage } = input.notificationContext ?? {};
  if (!validationsOf(app).some(({ validationId }) => validationId === validation) || status === '')
    throw invalidParameter('notificationContext must name a validation of the application, and its status.');
  const message = omitUndefined({ message: statusMessage });
  context.commit({ do: 'notify-app', app: app.id, validation, status, ...message });
  return {};
}

/** Imports applications of Migration Hub: there are none. */
export const importAppCatalog = (): object => ({});

/** Writes the CloudFormation template of an application, or the changes of its stack, into a bucket. */
export function generate(
  what: 'template' | 'changeset',
  context: OperationContext,
  input: AppInput & { readonly templateFormat?: string; readonly changesetFormat?: string },
): object {
  const app = appOf(context, input);
  checkReplicated(context, app);
  const { templateFormat = input.changesetFormat ?? 'JSON' } = input;
  const bucket = app.id;
  const key = `${what}-${context.account.now}.${templateFormat.toLowerCase()}`;
  const resources = resourcesOf(context, app);
  const content =
    what === 'template'
      ? { AWSTemplateFormatVersion: '2010-09-09', Description: app.facts.description, Resources: resources }
      : Object.entries(resources).map(([LogicalResourceId, { Type: ResourceType }]) => ({
          ...{ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId, ResourceType } },
        }));
  // JSON is YAML too.
  const body = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`).toString('base64');
  if (!context.account.buckets.has(bucket)) context.commit({ do: 'create-bucket', bucket });
  context.commit({ do: 'put-object', bucket, key, body });
  return { s3Location: { bucket, key } };
}

interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Properties: object;
}

/** Returns the instances of an application; those of a group depend on those of the groups that are launched before. */
function resourcesOf({ account }: OperationContext, app: App): Readonly<Record<string, Resource>> {
  const members = app.facts.groups.flatMap(({ id, servers }) =>
    servers.map((serverId) => {
      const settings = launchSettings(app, serverId);
      const { logicalId: name = `Server${serverId.slice(2)}` } = settings;
      return { serverId, settings, name, order: orderOf(app, id) };
    }),
  );
  return Object.fromEntries(
    members.map(({ serverId, settings, name, order }) => {
      const DependsOn = members.filter((other) => other.order < order).map((other) => other.name);
      const { iamInstanceProfileName, securityGroup } = settings;
      const Properties = {
        ImageId: account.latestJobs.get(serverId)?.latestAmiId,
        InstanceType: settings.instanceType ?? 'm5.large',
        SubnetId: settings.subnet,
        SecurityGroupIds: securityGroup === undefined ? undefined : [securityGroup],
        KeyName: settings.ec2KeyName,
        IamInstanceProfile: iamInstanceProfileName,
        Tags: app.facts.tags.map(({ key: Key, value: Value }) => ({ Key, Value })),
      };
      return [name, { Type: 'AWS::EC2::Instance', ...(DependsOn.length > 0 && { DependsOn }), Properties }];
    }),
  );
}
