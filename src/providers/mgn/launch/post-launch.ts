import type { PostLaunchActions, SsmDocument } from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../../core/desired.ts';
import { fullName } from '../../../core/names.ts';
import type { SettingRule } from '../../../core/service.ts';
import { quote } from '../../../core/text.ts';

/** The prefix of post-launch settings in a manifest; the rest of a setting's name is the API's own member. */
export const POST_LAUNCH = 'mgn.postLaunch.';
/** `mgn.postLaunch.ssmDocuments.<actionName>.<member>`. */
export const DOCUMENTS = `${POST_LAUNCH}ssmDocuments`;

/** `mgn.postLaunch.actions.<actionName>.<member>`: what PutSourceServerAction takes. */
export const ACTIONS = `${POST_LAUNCH}actions`;

/** Members of post-launch actions that a manifest may name, beside the documents. */
export const POST_LAUNCH_MEMBERS = {
  cloudWatchLogGroupName: 'text',
  deployment: 'text',
  s3LogBucket: 'text',
  s3OutputKeyPrefix: 'text',
} as const;

type Member = keyof typeof POST_LAUNCH_MEMBERS;
const MEMBERS = Object.keys(POST_LAUNCH_MEMBERS) as readonly Member[];

/** Splits the name of a setting of a document: the name of an action may have dots, those of parameters have none. */
const DOCUMENT_SETTING =
  /^(.+)\.(?:(ssmDocumentName|timeoutSeconds|mustSucceedForCutover)|(parameters|externalParameters)\.([A-Za-z0-9]+))$/s;

/** Reads post-launch actions of a launch configuration, of a server or a template, as settings. */
export function readPostLaunch(actions: PostLaunchActions | undefined): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of MEMBERS) {
    const value = actions?.[name];
    if (value !== undefined) settings[`${POST_LAUNCH}${name}`] = value;
  }
  for (const document of actions?.ssmDocuments ?? []) {
    const { actionName = '', ssmDocumentName, timeoutSeconds, mustSucceedForCutover } = document;
    const own = { ssmDocumentName, timeoutSeconds, mustSucceedForCutover };
    for (const [name, value] of [...Object.entries(own), ...parameterEntries(document)])
      if (value !== undefined) settings[`${DOCUMENTS}.${actionName}.${name}`] = value;
  }
  return settings;
}

type DocumentParameters = Pick<SsmDocument, 'parameters' | 'externalParameters'>;

/** The parameters of a document or an action as settings: `parameters.<name>` and `externalParameters.<name>`. */
export function parameterEntries({ parameters = {}, externalParameters = {} }: DocumentParameters) {
  return [
    ...Object.entries(parameters).map(
      ([name, of]) =>
        [`parameters.${name}`, of.map(({ parameterName = '' }) => parameterName).join(', ')] as const,
    ),
    ...Object.entries(externalParameters).map(
      ([name, { dynamicPath }]) => [`externalParameters.${name}`, dynamicPath] as const,
    ),
  ];
}

/** Whether settings of these names are in the launch configuration, whose post-launch actions the API replaces as a whole. */
export function changesPostLaunch(names: readonly string[]): boolean {
  return names.some((name) => name.startsWith(POST_LAUNCH) && !name.startsWith(`${ACTIONS}.`));
}

/**
 * Returns the post-launch actions that settings ask for: those that there are, with the members and documents that the
 * settings name. Documents are told apart by the names of their actions; a new one comes last.
 * @param removed names of settings that leave git; a document leaves with its `ssmDocumentName`
 */
export function writePostLaunch(
  settings: Settings,
  before: PostLaunchActions = {},
  removed: readonly string[] = [],
): PostLaunchActions {
  const members = MEMBERS.flatMap((name) => {
    const value = settings[`${POST_LAUNCH}${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  const documents = new Map((before.ssmDocuments ?? []).map((one) => [one.actionName ?? '', one]));
  for (const [name, value] of Object.entries(settings)) {
    if (!name.startsWith(`${DOCUMENTS}.`)) continue;
    const [, action, member, group, parameter] =
      DOCUMENT_SETTING.exec(name.slice(DOCUMENTS.length + 1)) ?? [];
    if (action === undefined) continue;
    const document = documents.get(action) ?? { actionName: action, ssmDocumentName: undefined };
    documents.set(
      action,
      member === undefined
        ? withParameter(document, group === 'parameters', parameter ?? '', String(value))
        : { ...document, [member]: value },
    );
  }
  for (const name of removed) {
    if (!name.startsWith(`${DOCUMENTS}.`)) continue;
    const [action, member] = splitItem(name, DOCUMENTS);
    const document = documents.get(action);
    if (member === 'ssmDocumentName' || document === undefined) documents.delete(action);
    else documents.set(action, withoutMember(document, member));
  }
  return {
    ...before,
    ...Object.fromEntries(members),
    ...((documents.size > 0 || before.ssmDocuments !== undefined) && {
      ssmDocuments: [...documents.values()],
    }),
  };
}

function withoutMember(document: SsmDocument, member: string): SsmDocument {
  const [group = '', parameter = ''] = member.split('.');
  const without = (map: object = {}): object =>
    Object.fromEntries(Object.entries(map).filter(([name]) => name !== parameter));
  if (group === 'mustSucceedForCutover') return { ...document, mustSucceedForCutover: false };
  return { ...document, [group]: without(document[group as keyof DocumentParameters]) };
}

/** Splits the name of a setting of a list into the name of the item, which may have dots, and the member. */
export function splitItem(name: string, family: string): readonly [item: string, member: string] {
  const key = name.slice(family.length + 1);
  const [, item = '', member, group = '', parameter = ''] =
    (family === DOCUMENTS ? DOCUMENT_SETTING : ACTION_SETTING).exec(key) ?? [];
  return [item, member ?? `${group}.${parameter}`];
}

const ACTION_SETTING = /^(.+?)\.(?:([A-Za-z]+)|(parameters|externalParameters)\.([A-Za-z0-9]+))$/s;

/** Lists the names of the items of a list of which settings say something. */
export function itemsOf(names: Iterable<string>, family: string): ReadonlySet<string> {
  const own = [...names].filter((name) => name.startsWith(`${family}.`));
  return new Set(own.map((name) => splitItem(name, family)[0]));
}

/** Whether settings say something of actions. */
export function namesActions(settings: Settings): boolean {
  return Object.keys(settings).some((name) => name.startsWith(`${ACTIONS}.`));
}

/**
 * Leaves out actions for other operating systems, and the systems of the others, which only templates have in the API.
 * @param family that of the VM; undefined: not known, and a rule reports that
 */
export function actionsFor(family: string | undefined, settings: Settings): Settings {
  if (!namesActions(settings)) return settings;
  const kept = Object.entries(settings).filter(([name]) => {
    if (!name.startsWith(`${ACTIONS}.`)) return true;
    const [action, member] = splitItem(name, ACTIONS);
    const system = settings[`${ACTIONS}.${action}.operatingSystem`];
    return member !== 'operatingSystem' && (system === undefined || system === family);
  });
  return Object.fromEntries(kept);
}

/** Returns 16 hexadecimal digits that differ where texts do (FNV-1a, from both ends): no secret, and no proof. */
function digest(text: string): string {
  const sum = (characters: readonly string[]): string => {
    let bits = 0x811c9dc5;
    for (const one of characters) bits = Math.imul(bits ^ (one.codePointAt(0) ?? 0), 0x01000193);
    return (bits >>> 0).toString(16).padStart(8, '0');
  };
  const characters = Array.from(text);
  return sum(characters) + sum(characters.toReversed());
}

/** Returns what the tag of a server keeps of the name of a document that landfall has written. */
export function documentMark(actionName: string): string {
  return digest(actionName).slice(0, 8);
}

/** The ids of actions on servers that a project has created begin with this. */
function ownPrefix(project: string): string {
  return `landfall-${digest(project)}-`;
}

/** Returns the id of an action of a server that the project creates: the same for each run, whatever the wave. */
export function ownActionId(project: string, actionName: string): string {
  return `${ownPrefix(project)}${digest(actionName)}`;
}

/** Whether the project has created an action of a server, by its id. */
export function isOwnAction(project: string, actionID: SettingValue | undefined): boolean {
  return String(actionID).startsWith(ownPrefix(project));
}

/** Members of an action that have one value, and what leaving them out means where that is certain. */
export const ACTION_MEMBERS = {
  actionID: undefined,
  active: true,
  category: undefined,
  description: '',
  documentIdentifier: undefined,
  documentVersion: undefined,
  mustSucceedForCutover: false,
  order: undefined,
  timeoutSeconds: undefined,
} as const;
export type ActionMember = keyof typeof ACTION_MEMBERS;

type Compare = NonNullable<SettingRule['compare']>;

/**
 * Compares a member of a document. Of one that landfall has written, git has everything but the time limit; one that git
 * no longer names is removed. Other documents are left alone.
 */
export function compareDocument({ name, desired, observed, vm, job }: CompareContext): ReturnType<Compare> {
  const [action, member] = splitItem(name, DOCUMENTS);
  const marks = String(job.facts?.['documents'] ?? '').split(' ');
  const isOwn = marks.includes(documentMark(action));
  if (vm.settings[`${DOCUMENTS}.${action}.ssmDocumentName`] === undefined)
    return member === 'ssmDocumentName' && isOwn ? 'differs' : 'same';
  return compareMember(member, desired, observed, isOwn);
}

/** Compares a member of an action; those that the project has created are removed once git does not name them. */
export function compareAction({ name, desired, observed, vm, job }: CompareContext): ReturnType<Compare> {
  const [action, member] = splitItem(name, ACTIONS);
  const of = (settings: Settings, one: string): SettingValue | undefined =>
    settings[`${ACTIONS}.${action}.${one}`];
  const id = of(job.settings, 'actionID');
  const isOwn = job.owner !== undefined && isOwnAction(job.owner.project, id);
  if (of(vm.settings, 'documentIdentifier') === undefined)
    return member === 'documentIdentifier' && isOwn ? 'differs' : 'same';
  if (member === 'actionName') return 'differs';
  const order = of(vm.settings, 'order');
  const other = orderHolder(job.settings, vm.settings, Number(order), job.owner?.project);
  // Nothing of an action can be written while its order is another's.
  if (other !== undefined && member !== 'order') return 'same';
  if (other !== undefined)
    return {
      unchangeable: 'launch.action',
      message: `${fullName(vm)}: post-launch action ${quote(action)} has the order ${String(order)}, which action ${quote(other)} on the server has, and no manifest names that one`,
      remedy: 'choose another order, or name the other action in the manifest too, with another order',
    };
  return compareMember(member, desired, observed, isOwn);
}

type CompareContext = Parameters<Compare>[0];

function compareMember(
  member: string,
  desired: SettingValue | undefined,
  observed: SettingValue | undefined,
  isOwn: boolean,
): ReturnType<Compare> {
  const otherwise = Object.hasOwn(ACTION_MEMBERS, member)
    ? ACTION_MEMBERS[member as ActionMember]
    : undefined;
  if (desired !== undefined) return desired === (observed ?? otherwise) ? 'same' : 'differs';
  const isReset = otherwise !== undefined || member.includes('.');
  return isOwn && isReset && observed !== otherwise ? 'differs' : 'same';
}

/** Finds the action of a server that has an order, and that neither git names nor the project has created. */
function orderHolder(
  observed: Settings,
  wanted: Settings,
  order: number,
  project: string | undefined,
): string | undefined {
  return [...itemsOf(Object.keys(observed), ACTIONS)].find((name) => {
    if (observed[`${ACTIONS}.${name}.order`] !== order) return false;
    if (wanted[`${ACTIONS}.${name}.documentIdentifier`] !== undefined) return false;
    return project === undefined || !isOwnAction(project, observed[`${ACTIONS}.${name}.actionID`]);
  });
}

export function withParameter(
  document: SsmDocument,
  isStored: boolean,
  name: string,
  value: string,
): SsmDocument {
  if (!isStored) {
    const externalParameters = { ...document.externalParameters, [name]: { dynamicPath: value } };
    return { ...document, externalParameters };
  }
  const stored = value
    .split(', ')
    .map((parameterName) => ({ parameterName, parameterType: 'STRING' as const }));
  return { ...document, parameters: { ...document.parameters, [name]: stored } };
}
