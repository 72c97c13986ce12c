import type { Settings } from '../../core/desired.ts';
import { fullName } from '../../core/names.ts';
import type { SettingRule } from '../../core/service.ts';
import { quote } from '../../core/text.ts';
import {
  DISKS,
  diskSettings,
  joinList,
  LAUNCH,
  LAUNCH_MEMBERS,
  REPLICATION,
  REPLICATION_MEMBERS,
  SECURITY_GROUPS,
  splitList,
  STAGING_TAGS,
  TEMPLATE,
  TEMPLATE_DISKS,
  TEMPLATE_LISTS,
  TEMPLATE_MEMBERS,
  TEMPLATE_TAGS,
  templateDisks,
} from './configurations.ts';
import {
  ACTIONS,
  compareAction,
  compareDocument,
  DOCUMENTS,
  POST_LAUNCH,
  POST_LAUNCH_MEMBERS,
  splitItem,
} from './launch/post-launch.ts';

/** The name of the MGN wave of a VM's application, and whether landfall sets it: settings of a wave itself. */
export const WAVE_NAME = 'mgn.waveName';
export const MANAGE_WAVE = 'mgn.manageWave';

/**
 * Every setting of a server that replicates with MGN. All change in place, with UpdateLaunchConfiguration,
 * UpdateReplicationConfiguration, TagResource and the associations (domain, MGN: agentless flow). A setting that the
 * manifest leaves out is not compared, since templates and people set it too.
 */
export const mgnSettings: readonly SettingRule[] = [
  { name: 'app', type: 'text', change: 'update' },
  {
    name: WAVE_NAME,
    type: 'text',
    change: 'update',
    implied: ({ settings, wave }) => (wantsWave(settings) ? wave : undefined),
    compare: compareWaveNames,
  },
  { name: MANAGE_WAVE, type: 'boolean', change: 'update', compare: compareManaged },
  { name: 'description', type: 'text', change: 'update' },
  {
    name: 'licenseType',
    type: 'text',
    change: 'update',
    column: { column: 'licence', text: '{}' },
    compare: compareLicences,
  },
  // The staging disks are always encrypted, with the default key or another (domain: ebsEncryption DEFAULT/CUSTOM).
  { name: 'encrypted', type: 'boolean', change: 'update', compare: () => 'same' },
  // Domain, MGN: "Changing the KMS key after replication has begun forces a complete resync".
  { name: 'kmsKeyId', type: 'text', change: 'update', effect: 'forces_resync' },
  ...members(LAUNCH, LAUNCH_MEMBERS),
  ...members(POST_LAUNCH, POST_LAUNCH_MEMBERS),
  {
    name: DOCUMENTS,
    family: true,
    itemKey: 'actionName',
    itemPath: documentPath,
    type: 'text',
    change: 'update',
    compare: compareDocument,
  },
  {
    name: ACTIONS,
    family: true,
    itemKey: 'actionName',
    itemPath: actionPath,
    type: 'text',
    change: 'update',
    compare: compareAction,
  },
  ...members(REPLICATION, REPLICATION_MEMBERS),
  { name: `${REPLICATION}${SECURITY_GROUPS}`, type: 'list', change: 'update', compare: compareLists },
  { name: STAGING_TAGS, family: true, type: 'text', change: 'update' },
  ...members(TEMPLATE, TEMPLATE_MEMBERS).map((row) =>
    row.name === `${TEMPLATE}instanceType` ? { ...row, compare: compareInstanceTypes } : row,
  ),
  ...TEMPLATE_LISTS.map((name): SettingRule => ({
    name: `${TEMPLATE}${name}`,
    type: 'list',
    change: 'update',
    compare: compareLists,
  })),
  ...TEMPLATE_TAGS.map((name): SettingRule => ({
    name: `${TEMPLATE}${name}`,
    family: true,
    type: 'text',
    change: 'update',
  })),
  {
    name: TEMPLATE_DISKS,
    family: true,
    itemKey: 'deviceName',
    type: 'text',
    change: 'update',
    compare: compareDisks({
      disksOf: templateDisks,
      where: (vm) => `the launch template of ${vm}`,
      key: 'mgn.launch.template.disks',
    }),
  },
  {
    name: DISKS,
    family: true,
    itemKey: 'deviceName',
    type: 'text',
    change: 'update',
    compare: compareDisks({
      disksOf: diskSettings,
      where: (vm) => vm,
      key: 'mgn.replication.replicatedDisks',
    }),
  },
];

/** Splits the name of a setting of a document: the names of actions may have dots, those of parameters have none. */
function documentPath(key: string): readonly [string, ...string[]] {
  const [, action, group, parameter] = PARAMETER.exec(key) ?? [];
  const dot = key.lastIndexOf('.');
  return action === undefined || group === undefined || parameter === undefined
    ? [key.slice(0, dot), key.slice(dot + 1)]
    : [action, group, parameter];
}

function actionPath(key: string): readonly [string, ...string[]] {
  const [action, member] = splitItem(`${ACTIONS}.${key}`, ACTIONS);
  return [action, ...member.split('.')];
}

const PARAMETER =
  /^(.+)\.(parameters|externalParameters)\.(?!(?:ssmDocumentName|timeoutSeconds|mustSucceedForCutover)$)([A-Za-z0-9]+)$/s;

function members<N extends string>(
  prefix: string,
  types: Readonly<Record<N, SettingRule['type']>>,
): readonly SettingRule[] {
  return Object.entries<SettingRule['type']>(types).map(([name, type]) => ({
    name: `${prefix}${name}`,
    type,
    change: 'update',
  }));
}

type Compare = NonNullable<SettingRule['compare']>;

/**
 * Compares licences. The API has no Auto (domain, MGN: "decide by OS"). The desired settings have the licence that Auto
 * means for the manifest's `os`; an Auto that remains equals any licence.
 */
function compareLicences({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  return desired === undefined || desired === 'Auto' || desired === observed ? 'same' : 'differs';
}

/** Whether landfall determines the wave of a VM's application. */
function wantsWave({ app, [MANAGE_WAVE]: isManaged }: Settings): boolean {
  return app !== undefined && isManaged !== false;
}

/**
 * Compares the wave of a VM's application. A name that no manifest gives is compared only when the application or the
 * owner changes. An application that landfall did not create does not leave its wave.
 */
function compareWaveNames({ desired, observed, vm, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined || desired === observed) return 'same';
  const { app } = vm.settings;
  const keepsApplication = app === undefined || app === job.settings['app'];
  if (keepsApplication && observed !== undefined && job.facts?.['ownApplication'] !== true) {
    return {
      unchangeable: 'field.not-in-place',
      message: `the application of ${fullName(vm)} is in MGN wave ${quote(observed)}, not in ${quote(desired)}, and landfall did not create the application`,
      remedy: `write spec.mgn.waveName: ${quote(observed)} in the wave of the manifest, or spec.mgn.manageWave: false; or move the application in the console`,
    };
  }
  if (vm.settings[WAVE_NAME] !== undefined) return 'differs';
  // A new application goes into the wave of that name by default.
  const isNew = keepsApplication ? job.owner?.wave !== vm.wave : observed !== undefined;
  return isNew ? 'differs' : 'same';
}

/** Compares nothing in the account. A change of the application carries the setting, which decides about its wave. */
function compareManaged({ desired, vm, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  const { app } = vm.settings;
  return desired === false && app !== undefined && app !== job.settings['app'] ? 'differs' : 'same';
}

/** Compares lists as sets, without their order. */
function compareLists({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined) return 'same';
  const [wanted, there] = [desired, observed ?? ''].map((list) => joinList(splitList(String(list))));
  return wanted === there ? 'same' : 'differs';
}

/** What the two lists of disks differ in: how to read them, whose disks they are, and the key that configures them. */
interface DiskList {
  readonly disksOf: (settings: Settings) => ReadonlyMap<string, unknown>;
  readonly where: (vm: string) => string;
  readonly key: string;
}

/**
 * Compares a setting of a disk. A disk that the server does not have cannot be configured, and the whole update would
 * fail; none can be added to a launch template (user guide, launch template settings). While the service knows no disks
 * of the server, the service checks them itself.
 */
function compareDisks({ disksOf, where, key }: DiskList): Compare {
  return ({ name, desired, observed, vm, job }) => {
    if (desired === undefined || desired === observed) return 'same';
    const known = [...disksOf(job.settings).keys()];
    const [device = ''] = disksOf({ [name]: desired }).keys();
    if (known.length === 0 || known.includes(device)) return 'differs';
    return {
      unchangeable: 'field.not-in-place',
      message: `${where(fullName(vm))} has no disk "${device}", which ${name} configures`,
      remedy: `its disks are ${known.join(', ')}: fix ${key} in the manifest`,
    };
  };
}

/**
 * Compares instance types. With right-sizing, MGN puts the type that it chooses into the launch template, within an
 * hour (user guide, launch template key considerations): a type in git would be written again by each apply.
 */
function compareInstanceTypes({ desired, observed, vm, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined || desired === observed) return 'same';
  const name = `${LAUNCH}targetInstanceTypeRightSizingMethod`;
  const method = vm.settings[name] ?? job.settings[name];
  if (method === undefined || method === 'NONE') return 'differs';
  return {
    unchangeable: 'field.not-in-place',
    message: `${fullName(vm)} is launched with the instance type that MGN chooses (right-sizing ${String(method)}), not with ${quote(desired)}`,
    remedy: `write ${name}: NONE, or remove ${TEMPLATE}instanceType`,
  };
}
