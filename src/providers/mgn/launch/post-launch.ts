import type { PostLaunchActions, SsmDocument } from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../../core/desired.ts';

/** The prefix of post-launch settings in a manifest; the rest of a setting's name is the API's own member. */
export const POST_LAUNCH = 'mgn.postLaunch.';
/** `mgn.postLaunch.ssmDocuments.<actionName>.<member>`. */
export const DOCUMENTS = `${POST_LAUNCH}ssmDocuments`;

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
    const named = [
      ...Object.entries(own),
      ...Object.entries(document.parameters ?? {}).map(
        ([name, of]) =>
          [`parameters.${name}`, of.map(({ parameterName = '' }) => parameterName).join(', ')] as const,
      ),
      ...Object.entries(document.externalParameters ?? {}).map(
        ([name, { dynamicPath }]) => [`externalParameters.${name}`, dynamicPath] as const,
      ),
    ];
    for (const [name, value] of named)
      if (value !== undefined) settings[`${DOCUMENTS}.${actionName}.${name}`] = value;
  }
  return settings;
}

/** Whether settings change post-launch actions, which the API replaces as a whole. */
export function changesPostLaunch(settings: Settings): boolean {
  return Object.keys(settings).some((name) => name.startsWith(POST_LAUNCH));
}

/**
 * Returns the post-launch actions that settings ask for: those that there are, with the members and documents that the
 * settings name. Documents are told apart by the names of their actions; a new one comes last.
 */
export function writePostLaunch(settings: Settings, before: PostLaunchActions = {}): PostLaunchActions {
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
  return {
    ...before,
    ...Object.fromEntries(members),
    ...(documents.size > 0 && { ssmDocuments: [...documents.values()] }),
  };
}

function withParameter(document: SsmDocument, isStored: boolean, name: string, value: string): SsmDocument {
  if (!isStored) {
    const externalParameters = { ...document.externalParameters, [name]: { dynamicPath: value } };
    return { ...document, externalParameters };
  }
  const stored = value
    .split(', ')
    .map((parameterName) => ({ parameterName, parameterType: 'STRING' as const }));
  return { ...document, parameters: { ...document.parameters, [name]: stored } };
}
