import type { ConcernId } from '../../../core/concern-ids.ts';
import type { Settings, SettingValue } from '../../../core/desired.ts';
import type { RuleFinding, RuleVm, ServiceRule } from '../../../core/service.ts';
import { quote, shorten } from '../../../core/text.ts';
import {
  entriesUnder,
  LAUNCH,
  namesTemplate,
  splitList,
  TEMPLATE,
  TEMPLATE_DISKS,
  TEMPLATE_TAGS,
  templateDisks,
  volumeProblems,
} from '../configurations.ts';
import { ACTIONS, actionsFor, DOCUMENTS, itemsOf, namesActions, POST_LAUNCH } from './post-launch.ts';

type Get = (name: string) => SettingValue | undefined;
type LaunchFinding = readonly [setting: string, message: string, remedy: string];

/** Makes a rule on each VM that says something of its launch template. `get` returns a setting of the template. */
function templateRule(id: ConcernId, find: (vm: RuleVm, get: Get) => readonly LaunchFinding[]): ServiceRule {
  return {
    id,
    check: (waves) =>
      waves
        .flatMap(({ vms }) => vms)
        .filter(({ settings }) => namesTemplate(settings))
        .flatMap((vm) =>
          find(vm, (name) => vm.settings[`${TEMPLATE}${name}`]).map(([setting, message, remedy]) => ({
            ...{ vm, setting, message, remedy },
          })),
        ),
  };
}

/** MGN uses the type of the template unless right-sizing is on (user guide, launch template key considerations). */
const launchInstanceType = templateRule('launch.instance-type', ({ settings }, get) => {
  const method = settings[`${LAUNCH}targetInstanceTypeRightSizingMethod`];
  const type = get('instanceType');
  if (type === undefined || method === undefined || method === 'NONE') return [];
  const message = `right-sizing ${String(method)} replaces the instance type ${quote(type)}`;
  const remedy = 'write targetInstanceTypeRightSizingMethod: NONE, or remove instanceType';
  return [[`${TEMPLATE}instanceType`, message, remedy]];
});

const launchTenancy = templateRule('launch.tenancy', ({ settings, guest }, get) => {
  const found: LaunchFinding[] = [];
  const isOnHost = get('tenancy') === 'host';
  for (const name of ['hostId', 'hostResourceGroupArn'])
    if (get(name) !== undefined && !isOnHost)
      found.push([
        `${TEMPLATE}${name}`,
        `${name} has no effect without tenancy: host`,
        'write tenancy: host',
      ]);
  if (get('hostId') !== undefined && get('hostResourceGroupArn') !== undefined) {
    const message = 'an instance has a hostId or a hostResourceGroupArn, not both';
    found.push([`${TEMPLATE}hostId`, message, 'remove one of the two']);
  }
  // Domain, rules of MGN: the launch of a Windows with its own licence fails otherwise.
  if (guest?.family === 'windows' && settings['licenseType'] === 'BYOL' && !isOnHost) {
    const message =
      'a Windows licence of your own needs a dedicated host, and the launch template does not say so';
    const remedy = 'write tenancy: host, with a hostId or a hostResourceGroupArn; or licenseType: AWS';
    found.push([get('tenancy') === undefined ? 'licenseType' : `${TEMPLATE}tenancy`, message, remedy]);
  }
  return found;
});

const launchVolume = templateRule('launch.volume', ({ settings }) =>
  [...templateDisks(settings)].flatMap(([device, disk]) =>
    volumeProblems(disk).map(([member, message, remedy]): LaunchFinding => [
      `${TEMPLATE_DISKS}.${device}.${member}`,
      `${device}: ${message}`,
      remedy,
    ]),
  ),
);

/** Keys of tags that only the service sets (user guide, import and export). */
export const SERVICE_TAG = /^(AWSApplicationMigrationService|mgn\.amazonaws\.com)/;

const launchTags = templateRule('launch.tags', ({ settings }) =>
  TEMPLATE_TAGS.flatMap((family): readonly LaunchFinding[] => {
    const keys = entriesUnder(`${TEMPLATE}${family}`, settings).map(([key]) => key);
    const own = keys.filter((key) => SERVICE_TAG.test(key));
    const first = `${TEMPLATE}${family}.${keys[0] ?? ''}`;
    return [
      ...own.map((key): LaunchFinding => [
        `${TEMPLATE}${family}.${key}`,
        `the tag ${quote(key)} belongs to MGN, which needs it`,
        'remove it',
      ]),
      ...(keys.length > 50
        ? [[first, `${keys.length} tags with those of the defaults: AWS takes 50`, 'remove some'] as const]
        : []),
    ];
  }),
);

/** Fields that AWS advises to leave out of the template (user guide, launch template settings). */
const launchUnadvised = templateRule('launch.unadvised', ({ settings }, get) => {
  const names = Object.keys(settings).filter(
    (name) => name.startsWith(`${TEMPLATE_DISKS}.`) && /\.(encrypted|kmsKeyId)$/.test(name),
  );
  const all = get('keyName') === undefined ? names : [`${TEMPLATE}keyName`, ...names];
  return all.map((name): LaunchFinding => {
    const field = name.slice(name.lastIndexOf('.') + 1);
    const remedy =
      field === 'keyName' ? 'add keys after the launch' : 'write kmsKeyId beside licenseType instead';
    return [name, `AWS advises not to put ${field} into the launch template of a source server`, remedy];
  });
});

const launchAddress: ServiceRule = {
  id: 'launch.address',
  check: (waves, { defaultTarget }) => {
    const owners = new Map<string, RuleVm>();
    return waves.flatMap(({ vms, target = defaultTarget }) =>
      vms.flatMap((vm): readonly RuleFinding[] => {
        const { settings } = vm;
        const [first, second] = [`${TEMPLATE}privateIp`, `${TEMPLATE}secondaryPrivateIps`];
        const found: RuleFinding[] = [];
        const addresses = [
          ...(settings[first] === undefined ? [] : [[first, String(settings[first])] as const]),
          ...splitList(String(settings[second] ?? '')).map((ip) => [second, ip] as const),
        ];
        for (const [setting, ip] of addresses) {
          const key = JSON.stringify([target, settings[`${TEMPLATE}subnetId`] ?? '', ip]);
          const other = owners.get(key);
          owners.set(key, other ?? vm);
          const problem = !isUsable(ip)
            ? ['is not an address that an instance can have', 'write an address of the subnet']
            : other !== undefined
              ? [
                  other === vm ? 'is used twice' : `is also the address of ${shorten(other.address)}`,
                  'give each VM another address, at the VM itself',
                ]
              : undefined;
          const [message = '', remedy = ''] = problem ?? [];
          if (problem !== undefined) found.push({ vm, setting, message: `${ip} ${message}`, remedy });
        }
        if (settings[first] !== undefined && settings[`${LAUNCH}copyPrivateIp`] === true) {
          const message = 'copyPrivateIp writes the address of the source over privateIp';
          found.push({ vm, setting: first, message, remedy: 'remove one of the two' });
        }
        return found;
      }),
    );
  },
};

/** Whether an IPv4 address can be that of an instance: no address of a loopback, a link or a group. */
function isUsable(ip: string): boolean {
  const [a = 0, b = 0, ...others] = ip.split('.').map(Number);
  return (
    [a, b, ...others].every((part) => part < 256) &&
    a > 0 &&
    a < 224 &&
    a !== 127 &&
    !(a === 169 && b === 254)
  );
}

/** SSM documents that run on one system only, so that they fail on the other (reference of Systems Manager documents). */
const SYSTEM_OF_DOCUMENT: Readonly<Record<string, 'windows' | 'linux'>> = {
  'AWS-ConfigureWindowsUpdate': 'windows',
  'AWS-InstallApplication': 'windows',
  'AWS-InstallPowerShellModule': 'windows',
  'AWS-InstallWindowsUpdates': 'windows',
  'AWS-ListWindowsInventory': 'windows',
  'AWS-RunDockerAction': 'linux',
  'AWS-RunShellScript': 'linux',
  'AWS-UpdateEC2Config': 'windows',
};

/** Finds post-launch actions of a VM that AWS MGN refuses, or that can never succeed on it. */
const launchAction: ServiceRule = {
  id: 'launch.action',
  check: (waves) =>
    waves
      .flatMap(({ vms }) => vms)
      .filter(({ settings }) => changesActions(settings))
      .flatMap((vm) => actionFindings(vm)),
};

function changesActions(settings: Settings): boolean {
  return namesActions(settings) || itemsOf(Object.keys(settings), DOCUMENTS).size > 0;
}

function actionFindings(vm: RuleVm): readonly RuleFinding[] {
  const { settings, guest } = vm;
  const found: RuleFinding[] = [];
  const add = (setting: string, message: string, remedy: string): void => {
    found.push({ vm, setting, message, remedy });
  };
  const checkSystem = (setting: string, name: string): void => {
    const document = String(settings[setting]);
    const system = SYSTEM_OF_DOCUMENT[document];
    if (system === undefined || guest === undefined || guest.family === system) return;
    const message = `post-launch action ${quote(name)} runs ${document}, which is for ${system}, and the VM has ${guest.title}`;
    add(setting, message, 'choose another document, or write another list of actions at the VM');
  };
  for (const name of itemsOf(Object.keys(settings), DOCUMENTS))
    checkSystem(`${DOCUMENTS}.${name}.ssmDocumentName`, name);
  const seen = new Map<string, string>();
  const own = actionsFor(guest?.family, settings);
  for (const name of itemsOf(Object.keys(settings), ACTIONS)) {
    const at = (member: string): string => `${ACTIONS}.${name}.${member}`;
    const system = settings[at('operatingSystem')];
    if (system !== undefined && guest === undefined)
      add(
        at('operatingSystem'),
        `post-launch action ${quote(name)} is for ${String(system)}, and the VM says no system`,
        'write the os of the VM',
      );
    if (own[at('documentIdentifier')] === undefined) continue;
    checkSystem(at('documentIdentifier'), name);
    for (const member of ['order', 'actionID']) {
      const value = own[at(member)];
      const other = seen.get(`${member} ${String(value)}`);
      if (value !== undefined && other !== undefined)
        add(
          at(member),
          `post-launch actions ${quote(other)} and ${quote(name)} have the same ${member}, ${String(value)}`,
          `give one of them another ${member}`,
        );
      seen.set(`${member} ${String(value)}`, other ?? name);
    }
    if (own[at('active')] === false && own[at('mustSucceedForCutover')] === true)
      add(
        at('mustSucceedForCutover'),
        `post-launch action ${quote(name)} must succeed, and is not active`,
        'remove active: false, or mustSucceedForCutover',
      );
  }
  return found;
}

/** Post-launch actions are off without a deployment, which the launch configuration template of the account may have. */
const launchActionOff: ServiceRule = {
  id: 'launch.action-off',
  check: (waves, { defaultTarget, targets }) =>
    waves.flatMap(({ vms, target: name = defaultTarget }) => {
      const setup = targets.find((one) => one.name === name)?.setup ?? {};
      if (setup[DEPLOYMENT] !== undefined) return [];
      const off = vms.filter(
        ({ settings }) => changesActions(settings) && settings[DEPLOYMENT] === undefined,
      );
      return off.map((vm) => {
        const [setting = ''] = Object.keys(vm.settings).filter((one) => one.startsWith(POST_LAUNCH));
        const message =
          'post-launch actions run only after launches that mgn.postLaunch.deployment names, and nothing sets it';
        return {
          vm,
          setting,
          message,
          remedy: 'write deployment: TEST_AND_CUTOVER beside them, or in mgn.postLaunch of the target',
        };
      });
    }),
};

const DEPLOYMENT = `${POST_LAUNCH}deployment`;

/** EC2 takes the preference, a reservation or a group of them (API reference). */
const launchReservation = templateRule('launch.capacity-reservation', (_, get) => {
  const names = ['preference', 'capacityReservationId', 'resourceGroupArn'];
  const given = names.filter((name) => get(`capacityReservation.${name}`) !== undefined);
  const message = `EC2 takes only one of ${given.join(' and ')}`;
  const name = `${TEMPLATE}capacityReservation.${given.at(-1) ?? ''}`;
  return given.length < 2 ? [] : [[name, message, 'remove the others']];
});

/** Rules on the launches of manifests: what EC2 would refuse when MGN launches an instance, and post-launch actions. */
export const templateRules: readonly ServiceRule[] = [
  launchAction,
  launchActionOff,
  launchAddress,
  launchInstanceType,
  launchReservation,
  launchTags,
  launchTenancy,
  launchUnadvised,
  launchVolume,
];
