import { mergedAfter, omitUndefined } from '../collections.ts';
import { ServiceError } from '../errors.ts';
import type { ServiceContext } from '../http/api.ts';
import { pageOf } from '../http/page.ts';
import { findServer } from '../mgn/account.ts';
import { mgnInventoryOf } from '../mgn/inventory.ts';
import {
  findVersion,
  launchTemplateOf,
  managedTags,
  serverIdOf,
  templateIdOf,
  templateNameOf,
  withMembers,
} from '../mgn/launch-template.ts';
import type { SourceServer, TemplateVersion } from '../mgn/records.ts';
import { findSubnet, instanceElements, launchedInstances, subnetElements, subnetsOf } from './launch.ts';
import { elements, readTemplateData, templateXml, xml } from './template-data.ts';

/** The account of all resources. */
const ACCOUNT = '000000000000';

/** What an operation reads: the parameters, the state and the region of the request. */
interface Call extends ServiceContext {
  readonly form: URLSearchParams;
  readonly region: string;
}

/** The operations, each with the elements of its answer as XML. Each throws ServiceErrors. */
export const EC2_OPERATIONS: ReadonlyMap<string, (call: Call) => string> = new Map([
  ['CreateLaunchTemplateVersion', createVersion],
  ['DescribeInstances', describeInstances],
  ['DescribeLaunchTemplates', describeTemplates],
  ['DescribeLaunchTemplateVersions', describeVersions],
  ['DescribeSubnets', describeSubnets],
  ['ModifyLaunchTemplate', modifyTemplate],
]);

const invalidValue = (name: string, value: string) =>
  new ServiceError('InvalidParameterValue', `Value (${value}) for parameter ${name} is invalid.`);

/** Returns the values of a list: `InstanceId.1`, `InstanceId.2`, … */
function listOf(form: URLSearchParams, name: string): string[] {
  return [...form].flatMap(([key, value]) =>
    key.startsWith(`${name}.`) && /^\d+$/.test(key.slice(name.length + 1)) ? [value] : [],
  );
}

/** Returns the filters of a request, by name. @throws ServiceError for one that is not among `known` */
function filtersOf(form: URLSearchParams, known: RegExp): ReadonlyMap<string, readonly string[]> {
  const filters = new Map<string, readonly string[]>();
  for (const [key, name] of form) {
    const [, index = ''] = /^Filter\.(\d+)\.Name$/.exec(key) ?? [];
    if (index === '') continue;
    if (!known.test(name)) throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
    filters.set(name, listOf(form, `Filter.${index}.Value`));
  }
  return filters;
}

/** Returns a page of a list as `<element>` and `<nextToken>`. */
function pageXml<T>(
  { form, account }: Call,
  element: string,
  list: { after(cursor: string, count: number): readonly T[]; cursorOf(item: T): string; most: number },
  write: (item: T) => string,
): string {
  const [size, token] = [form.get('MaxResults'), form.get('NextToken')];
  if (size !== null && !(Number(size) >= 1 && Number(size) <= list.most))
    throw invalidValue('MaxResults', size);
  const { items, nextToken } = pageOf(
    {
      ...list,
      operation: `ec2:${element}`,
      filter: JSON.stringify([...form].filter(([key]) => !['MaxResults', 'NextToken'].includes(key)).sort()),
      tokenKey: account.tokenKey,
      refusal: () => invalidValue('nextToken', token ?? ''),
    },
    omitUndefined({ maxResults: Number(size ?? list.most), nextToken: token ?? undefined }),
  );
  return `<${element}>${items.map((item) => `<item>${write(item)}</item>`).join('')}</${element}>${xml('nextToken', nextToken)}`;
}

const time = (at: number) => new Date(at).toISOString();
const createdBy = ({ request }: TemplateVersion) =>
  request === undefined
    ? `arn:aws:sts::${ACCOUNT}:assumed-role/AWSServiceRoleForApplicationMigrationService/mgn`
    : `arn:aws:iam::${ACCOUNT}:user/local`;

/** Finds the server whose template a request names by its id or its name. */
function templateServer({ account, form }: Call): SourceServer {
  const [id, name] = [form.get('LaunchTemplateId'), form.get('LaunchTemplateName')];
  if (id !== null && !/^lt-[0-9a-f]{17}$/.test(id)) {
    throw new ServiceError('InvalidLaunchTemplateId.Malformed', `Invalid launch template id: '${id}'`);
  }
  const serverId = id === null ? (/s-[0-9a-f]{17}$/.exec(name ?? '')?.[0] ?? '') : serverIdOf(id);
  const { mgn } = account;
  const server = mgn === undefined ? undefined : findServer(account.inventory, mgn, serverId);
  if (server !== undefined && (id !== null || name === templateNameOf(serverId))) return server;
  if (id === null && name === null) {
    const message = "Either 'launchTemplateId' or 'launchTemplateName' must be provided.";
    throw new ServiceError('MissingParameter', message);
  }
  throw id === null
    ? new ServiceError(
        'InvalidLaunchTemplateName.NotFoundException',
        `The specified launch template, with template name ${name ?? ''}, does not exist.`,
      )
    : new ServiceError(
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      );
}

function versionOf(server: SourceServer, version: string): TemplateVersion {
  const found = findVersion(server, version);
  if (found !== undefined) return found;
  const message = `Could not find the specified version ${version} for the launch template with ID ${templateIdOf(server.id)}.`;
  throw new ServiceError('InvalidLaunchTemplateId.VersionNotFound', message);
}

function versionXml(server: SourceServer, version: TemplateVersion): string {
  const { number, createdAt, data, description } = version;
  const head = {
    launchTemplateId: templateIdOf(server.id),
    launchTemplateName: templateNameOf(server.id),
    versionNumber: number,
    versionDescription: description,
    createTime: time(createdAt),
    createdBy: createdBy(version),
    defaultVersion: launchTemplateOf(server).defaultVersion === number,
  };
  return `${elements(head)}<launchTemplateData>${templateXml(data)}</launchTemplateData>`;
}

function templateElements(server: SourceServer): object {
  const { versions, defaultVersion } = launchTemplateOf(server);
  const [first] = versions;
  return {
    launchTemplateId: templateIdOf(server.id),
    launchTemplateName: templateNameOf(server.id),
    createTime: time(server.addedAt),
    createdBy: first === undefined ? undefined : createdBy(first),
    defaultVersionNumber: defaultVersion,
    latestVersionNumber: versions.at(-1)?.number,
    tagSet: Object.entries(managedTags(server.id)).map(([key, value]) => ({ key, value })),
  };
}

/** Returns up to `count` servers with a template after an id, in the order of their ids. */
function serversAfter({ account }: Call, cursor: string, count: number): readonly SourceServer[] {
  const { mgn, inventory } = account;
  if (mgn === undefined) return [];
  const found: SourceServer[] = [];
  for (const id of mergedAfter(mgnInventoryOf(inventory).ids, mgn.serverIds, cursor)) {
    const server = findServer(inventory, mgn, id);
    if (server !== undefined && found.push(server) === count) break;
  }
  return found;
}

function describeTemplates(call: Call): string {
  const [ids, names] = [listOf(call.form, 'LaunchTemplateId'), listOf(call.form, 'LaunchTemplateName')];
  filtersOf(call.form, /^$/);
  const named = [
    ...ids.map((id) => ['LaunchTemplateId', id] as const),
    ...names.map((name) => ['LaunchTemplateName', name] as const),
  ].map(([key, value]) => templateServer({ ...call, form: new URLSearchParams({ [key]: value }) }));
  const after = (cursor: string, count: number) =>
    named.length === 0 ? serversAfter(call, cursor, count) : named.filter(({ id }) => id > cursor);
  const list = { after, cursorOf: ({ id }: SourceServer) => id, most: 200 };
  return pageXml(call, 'launchTemplates', list, (server) => elements(templateElements(server)));
}

interface ServerVersion {
  readonly server: SourceServer;
  readonly version: TemplateVersion;
}

/** Describes versions of a template, the latest first; without a template, the default or the latest one of each. */
function describeVersions(call: Call): string {
  const { form } = call;
  const wanted = listOf(form, 'LaunchTemplateVersion');
  filtersOf(form, /^$/);
  const isOfAll = !form.has('LaunchTemplateId') && !form.has('LaunchTemplateName');
  if (isOfAll && (wanted.length === 0 || wanted.some((version) => !/^\$(Default|Latest)$/.test(version)))) {
    const message = 'A launch template is required, unless the versions are $Default and $Latest.';
    throw new ServiceError('MissingParameter', message);
  }
  const [least, most] = [Number(form.get('MinVersion') ?? 0), Number(form.get('MaxVersion') ?? Infinity)];
  const versionsOf = (server: SourceServer): readonly ServerVersion[] => {
    const chosen = new Set(wanted.map((version) => versionOf(server, version).number));
    return launchTemplateOf(server)
      .versions.filter(({ number }) => wanted.length === 0 || chosen.has(number))
      .filter(({ number }) => number >= least && number <= most)
      .map((version) => ({ server, version }))
      .toReversed();
  };
  const keyOf = ({ server, version }: ServerVersion) => `${server.id} ${String(1e9 - version.number)}`;
  const after = (cursor: string, count: number) => {
    // The server of the cursor may have further versions: its id comes after its own beginning.
    const from = cursor.split(' ')[0]?.slice(0, -1) ?? '';
    const servers = isOfAll ? serversAfter(call, from, count + 1) : [templateServer(call)];
    const all = servers.flatMap(versionsOf).filter((one) => keyOf(one) > cursor);
    return all.slice(0, count);
  };
  const list = { after, cursorOf: keyOf, most: 200 };
  return pageXml(call, 'launchTemplateVersionSet', list, ({ server, version }) =>
    versionXml(server, version),
  );
}

/**
 * Creates a version: the members of the request replace those of the source version, each as a whole; volumes lose their
 * snapshots. The same client token returns the version that it has created.
 */
function createVersion(call: Call): string {
  const { form } = call;
  const server = templateServer(call);
  const source = form.get('SourceVersion');
  const given = readTemplateData(form, 'LaunchTemplateData');
  if (source === null && Object.keys(given).length === 0)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter LaunchTemplateData');
  const before = source === null ? {} : versionOf(server, source).data;
  const [token, description] = [form.get('ClientToken'), form.get('VersionDescription')];
  const request = JSON.stringify([source, description, given]);
  const known = token === null ? undefined : findByToken(server, token);
  if (known !== undefined && known.request !== request) {
    const message = 'The client token was used with other parameters before.';
    throw new ServiceError('IdempotentParameterMismatch', message);
  }
  if (known === undefined) {
    const more = omitUndefined({ description: description ?? undefined, token: token ?? undefined });
    const data = withMembers(before, given);
    call.commit({ do: 'mgn', mgn: { do: 'template-version', id: server.id, data, request, ...more } });
  }
  const after = templateServer(call);
  return `<launchTemplateVersion>${versionXml(after, known ?? versionOf(after, '$Latest'))}</launchTemplateVersion>`;
}

const findByToken = (server: SourceServer, token: string) =>
  launchTemplateOf(server).versions.find((version) => version.token === token);

function modifyTemplate(call: Call): string {
  const { id } = templateServer(call);
  const wanted = call.form.get('SetDefaultVersion');
  if (wanted === null)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter SetDefaultVersion');
  const { number: version } = versionOf(templateServer(call), wanted);
  call.commit({ do: 'mgn', mgn: { do: 'template-default', id, version } });
  return `<launchTemplate>${elements(templateElements(templateServer(call)))}</launchTemplate>`;
}

/** Describes subnets: those of the simulated VPCs, or those that the request names. */
function describeSubnets(call: Call): string {
  const { form, region } = call;
  const ids = listOf(form, 'SubnetId');
  const filters = filtersOf(form, /^(subnet|vpc)-id$/);
  const fits = (name: string, value: string) => filters.get(name)?.includes(value) ?? true;
  const found = ids.map((id) => {
    const subnet = findSubnet(id);
    if (subnet !== undefined) return subnet;
    throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  });
  const subnets = (ids.length === 0 ? subnetsOf(filters.get('subnet-id')) : found).filter(
    ({ id, vpc }) => fits('subnet-id', id) && fits('vpc-id', vpc),
  );
  return xml(
    'subnetSet',
    subnets.map((subnet) => subnetElements(subnet, region, ACCOUNT)),
  );
}

/** Describes instances that MGN has launched and that run. Without a private address in the template they have the loopback one. */
function describeInstances({ form, account }: Call): string {
  const wanted = listOf(form, 'InstanceId');
  const filters = filtersOf(form, /^(instance-id|instance-state-name|tag:.+)$/);
  const running = launchedInstances(account);
  const missing = wanted.filter((id) => !running.has(id));
  if (missing.length > 0) {
    const message = `The instance IDs '${missing.join(', ')}' do not exist`;
    throw new ServiceError('InvalidInstanceID.NotFound', message);
  }
  const instances = (wanted.length > 0 ? wanted : [...running.keys()]).flatMap((id) => running.get(id) ?? []);
  const items = instances.filter(({ instanceId, instance }) => {
    const facts = new Map([
      ['instance-id', instanceId],
      ['instance-state-name', 'running'],
      ...Object.entries(instance?.tags ?? {}).map(([key, value]) => [`tag:${key}`, value] as const),
    ]);
    return [...filters].every(([name, values]) => values.includes(facts.get(name) ?? ''));
  });
  const instancesSet = items.map((launched) => instanceElements(launched, ACCOUNT));
  const reservations = items.length === 0 ? [] : [{ reservationId: 'r-00000000000000000', instancesSet }];
  return xml('reservationSet', reservations);
}
