import { omit } from '../../collections.ts';
import { serialId } from '../../simulation/ids.ts';
import type { Settings, Tags, Template } from '../records.ts';
import { DEFAULT_LAUNCH } from '../settings.ts';
import type { TemplateKind } from '../account.ts';
import { checkEncryptionKey } from './configurations.ts';
import { arnOf, type MgnOperationContext } from './context.ts';
import { invalidRequest, notFound } from './errors.ts';
import { listPage, pageByNumber, type PageInput } from './page.ts';
import { checkTags } from './tags.ts';

const TYPES = {
  launch: { resource: 'LaunchConfigurationTemplate', arn: 'launch-configuration-template' },
  replication: { resource: 'ReplicationConfigurationTemplate', arn: 'replication-configuration-template' },
} as const;

type TemplateInput = Settings & { readonly tags?: Tags };

export function createTemplate(
  kind: TemplateKind,
  context: MgnOperationContext,
  input: TemplateInput,
): object {
  const { tags = {}, ...settings } = input;
  checkTags(tags);
  if (kind === 'replication') checkEncryptionKey(settings);
  if (context.mgn.templates[kind].size > 0)
    throw invalidRequest(`The account has a ${TYPES[kind].resource} already.`);
  context.commit({ do: 'create-template', kind, settings: { ...DEFAULTS[kind], ...settings }, tags });
  const [made] = [...context.mgn.templates[kind].values()].slice(-1);
  return made === undefined ? {} : wireTemplate(kind, context, made);
}

const DEFAULTS = {
  replication: { useFipsEndpoint: false },
  launch: { ...DEFAULT_LAUNCH, associatePublicIpAddress: false },
} as const;

export function describeTemplates(
  kind: TemplateKind,
  context: MgnOperationContext,
  input: PageInput & {
    readonly launchConfigurationTemplateIDs?: readonly string[];
    readonly replicationConfigurationTemplateIDs?: readonly string[];
  },
): object {
  const ids = input.launchConfigurationTemplateIDs ?? input.replicationConfigurationTemplateIDs ?? [];
  const all = context.mgn.templates[kind];
  for (const id of ids) if (!all.has(id)) throw notFound(TYPES[kind].resource, id);
  const fits = ({ id }: Template) => ids.length === 0 || ids.includes(id);
  const list = { operation: TYPES[kind].resource, ...pageByNumber(all.values(), fits) };
  return listPage(context, list, input, (template) => wireTemplate(kind, context, template));
}

export function updateTemplate(kind: TemplateKind, context: MgnOperationContext, input: Settings): object {
  const template = templateOf(kind, context, input);
  const given = omit(input, `${kind}ConfigurationTemplateID`, 'arn');
  const settings = kind === 'replication' ? checkEncryptionKey(given, template.settings) : given;
  context.commit({ do: 'update-template', kind, id: template.id, settings });
  return wireTemplate(kind, context, template);
}

export function deleteTemplate(kind: TemplateKind, context: MgnOperationContext, input: Settings): object {
  context.commit({ do: 'delete-template', kind, id: templateOf(kind, context, input).id });
  return {};
}

/** Finds the template that the id of a request names. */
export function templateOf(kind: TemplateKind, { mgn }: MgnOperationContext, input: Settings): Template {
  const id = String(input[`${kind}ConfigurationTemplateID`]);
  const template = mgn.templates[kind].get(id);
  if (template === undefined) throw notFound(TYPES[kind].resource, id);
  return template;
}

function wireTemplate(
  kind: TemplateKind,
  context: MgnOperationContext,
  { number, id, settings, tags }: Template,
): object {
  return {
    ...settings,
    [`${kind}ConfigurationTemplateID`]: id,
    arn: arnOf(context, TYPES[kind].arn, id),
    tags,
    ...(kind === 'launch' ? { ec2LaunchTemplateID: serialId('lt-', number) } : {}),
  };
}
