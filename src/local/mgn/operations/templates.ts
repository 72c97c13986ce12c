import { serialId } from '../../simulation/ids.ts';
import { keyRules } from './configurations.ts';
import type { Settings, Tags, Template } from '../records.ts';
import type { TemplateKind } from '../world.ts';
import { without } from '../without.ts';
import { arnOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { invalid, notFound } from './errors.ts';
import { listed, numberedAfter } from './paging.ts';
import type { PageInput } from './paging.ts';
import { checkTags } from './tags.ts';

const TYPES = {
  launch: { resource: 'LaunchConfigurationTemplate', arn: 'launch-configuration-template' },
  replication: { resource: 'ReplicationConfigurationTemplate', arn: 'replication-configuration-template' },
} as const;

type TemplateInput = Settings & { readonly tags?: Tags };

export function createTemplate(kind: TemplateKind, desk: MgnDesk, input: TemplateInput): object {
  const { tags = {}, ...settings } = input;
  checkTags(tags);
  if (kind === 'replication') keyRules(settings);
  if (desk.mgn.templates[kind].size > 0) throw invalid(`The account has a ${TYPES[kind].resource} already.`);
  desk.commit({ do: 'create-template', kind, settings: { ...DEFAULTS[kind], ...settings }, tags });
  const [made] = [...desk.mgn.templates[kind].values()].slice(-1);
  return made === undefined ? {} : wireTemplate(kind, desk, made);
}

const DEFAULTS = {
  replication: { useFipsEndpoint: false },
  launch: {
    launchDisposition: 'STARTED',
    targetInstanceTypeRightSizingMethod: 'BASIC',
    copyPrivateIp: false,
    associatePublicIpAddress: false,
    copyTags: true,
    bootMode: 'LEGACY_BIOS',
    enableMapAutoTagging: false,
  },
} as const;

export function describeTemplates(
  kind: TemplateKind,
  desk: MgnDesk,
  input: PageInput & {
    readonly launchConfigurationTemplateIDs?: readonly string[];
    readonly replicationConfigurationTemplateIDs?: readonly string[];
  },
): object {
  const ids = input.launchConfigurationTemplateIDs ?? input.replicationConfigurationTemplateIDs ?? [];
  const all = desk.mgn.templates[kind];
  for (const id of ids) if (!all.has(id)) throw notFound(TYPES[kind].resource, id);
  const fits = ({ id }: Template) => ids.length === 0 || ids.includes(id);
  const list = { operation: TYPES[kind].resource, ...numberedAfter(all.values(), fits) };
  return listed(desk, list, input, (template) => wireTemplate(kind, desk, template));
}

export function updateTemplate(kind: TemplateKind, desk: MgnDesk, input: Settings): object {
  const template = templateOf(kind, desk, input);
  const given = without(input, `${kind}ConfigurationTemplateID`, 'arn');
  const settings = kind === 'replication' ? keyRules(given, template.settings) : given;
  desk.commit({ do: 'update-template', kind, id: template.id, settings });
  return wireTemplate(kind, desk, template);
}

export function deleteTemplate(kind: TemplateKind, desk: MgnDesk, input: Settings): object {
  desk.commit({ do: 'delete-template', kind, id: templateOf(kind, desk, input).id });
  return {};
}

function templateOf(kind: TemplateKind, { mgn }: MgnDesk, input: Settings): Template {
  const id = String(input[`${kind}ConfigurationTemplateID`]);
  const template = mgn.templates[kind].get(id);
  if (template === undefined) throw notFound(TYPES[kind].resource, id);
  return template;
}

function wireTemplate(kind: TemplateKind, desk: MgnDesk, { number, id, settings, tags }: Template): object {
  return {
    ...settings,
    [`${kind}ConfigurationTemplateID`]: id,
    arn: arnOf(desk, TYPES[kind].arn, id),
    tags,
    ...(kind === 'launch' ? { ec2LaunchTemplateID: serialId('lt-', number) } : {}),
  };
}
