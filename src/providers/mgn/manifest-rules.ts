import type { Settings, Target } from '../../core/desired.ts';
import { formatPlace } from '../../core/error.ts';
import { addToGroup } from '../../core/lists.ts';
import {
  type RuleFinding,
  type RuleVm,
  type RuleWave,
  type ServiceRule,
  settingBlocks,
  UNKNOWN_NAME,
} from '../../core/service.ts';
import { quote } from '../../core/text.ts';
import { LAUNCH } from './configurations.ts';
import { ACTIONS, actionsFor, DOCUMENTS, POST_LAUNCH } from './launch/post-launch.ts';
import { MANAGE_WAVE, WAVE_NAME } from './settings.ts';
import { templateRules } from './launch/template-rules.ts';

/** MGN takes a key by its ARN, for CUSTOM encryption (domain: what a manifest says, on each service). */
const kmsKeyNotArn: ServiceRule = {
  id: 'encryption.key-arn',
  check: (waves) =>
    waves
      .flatMap(settingBlocks)
      .filter(({ settings: { kmsKeyId } }) => typeof kmsKeyId === 'string' && !KEY_ARN.test(kmsKeyId))
      .map(({ settings, at }) => ({
        ...at('kmsKeyId'),
        message: `kmsKeyId ${quote(settings['kmsKeyId'])} is not an ARN, which MGN requires`,
        remedy: 'write the ARN, such as arn:aws:kms:us-west-2:123456789012:alias/migration',
      })),
};

/** The ARN of a KMS key, or of an alias of one. */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/;

/** MGN always encrypts what it stores, by default with the default key for EBS. */
const encryptionAlwaysOn: ServiceRule = {
  id: 'encryption.always-on',
  check: (waves) =>
    waves
      .flatMap(settingBlocks)
      .filter(({ settings: { encrypted } }) => encrypted === false)
      .map(({ at }) => ({
        ...at('encrypted'),
        message: 'encrypted is false, but MGN always encrypts',
        remedy: 'remove it; for a key of your own, write its ARN as kmsKeyId',
      })),
};

/** An application is in one wave (domain: rules of MGN). A VM that names none is in one with the name of its wave. */
const appTwoWaves: ServiceRule = {
  id: 'app.two-waves',
  check: (waves, { defaultTarget }) => {
    const first = new Map<string, RuleWave>();
    const named = waves.filter((wave) => wave.name !== UNKNOWN_NAME && isManaged(wave));
    return named.flatMap((wave) =>
      appsOf(wave).flatMap(([app, vm]): readonly RuleFinding[] => {
        const key = JSON.stringify([wave.target ?? defaultTarget, app]);
        const other = first.get(key) ?? wave;
        first.set(key, other);
        // Another rule reports waves with the same name.
        if (other.name === wave.name) return [];
        const text = {
          message: `the application ${quote(app)} is in wave ${other.name} already (${formatPlace(other.place)}), and an application of MGN belongs to one wave`,
          remedy: 'give the VMs of one of the two waves another app, or put them into one wave',
        };
        return [
          vm.settings['app'] === undefined
            ? { wave, path: ['metadata', 'name'], ...text }
            : { vm, setting: 'app', ...text },
        ];
      }),
    );
  },
};

/** Returns the applications of a wave, each with its first VM. */
function appsOf({ name, vms }: RuleWave): readonly (readonly [string, RuleVm])[] {
  const apps = new Map<string, RuleVm>();
  for (const vm of vms) {
    const app = String(vm.settings['app'] ?? name);
    if (!apps.has(app)) apps.set(app, vm);
  }
  return [...apps];
}

/** Whether landfall puts the applications of a wave into a wave of MGN. */
function isManaged({ ofWave }: RuleWave): boolean {
  return ofWave[MANAGE_WAVE] !== false;
}

/** A wave of MGN belongs to one wave of the manifests; without `waveName`, it has the same name. */
const mgnWaveName: ServiceRule = {
  id: 'wave.mgn-name',
  check: (waves, { defaultTarget }) => {
    const path = ['spec', 'mgn', 'waveName'];
    const first = new Map<string, RuleWave>();
    const isNamed = ({ ofWave }: RuleWave): boolean => ofWave[WAVE_NAME] !== undefined;
    // A wave that names none comes first, so that the finding is where a name is written.
    const named = waves.filter(({ name }) => name !== UNKNOWN_NAME);
    return named
      .toSorted((a, b) => Number(isNamed(a)) - Number(isNamed(b)))
      .flatMap((wave): RuleFinding[] => {
        const { [WAVE_NAME]: mgnName = wave.name } = wave.ofWave;
        if (!isManaged(wave)) return isNamed(wave) ? [{ wave, path, ...WITHOUT_EFFECT }] : [];
        const key = JSON.stringify([wave.target ?? defaultTarget, mgnName]);
        const other = first.get(key) ?? wave;
        first.set(key, other);
        // Another rule reports waves with the same name.
        if (other === wave || !isNamed(wave)) return [];
        const message = `the MGN wave ${quote(mgnName)} is that of wave ${other.name} already (${formatPlace(other.place)})`;
        return [{ wave, path, message, remedy: ONE_WAVE }];
      });
  },
};

const ONE_WAVE =
  'put the VMs into one wave; or write spec.mgn.manageWave: false in one of the two, which then leaves applications in their waves';
const WITHOUT_EFFECT = {
  message: 'waveName has no effect with manageWave: false',
  remedy: 'remove one of the two',
};

/** The group that a VM is in: its application, and the wave of that; undefined: landfall does not manage it. */
interface Groups {
  readonly app?: string;
  readonly wave?: string;
}

export function groupsOf(settings: Settings, wave: string): Groups {
  const isManaged = settings[MANAGE_WAVE] !== false;
  const app = settings['app'] ?? (isManaged ? wave : undefined);
  return {
    ...(app !== undefined && { app: String(app) }),
    ...(app !== undefined && isManaged && { wave: String(settings[WAVE_NAME] ?? wave) }),
  };
}

/** What each quota limits, in words, and what to do about it. */
export const QUOTA_REMEDIES = {
  serversPerApplication: 'give some of the VMs another app',
  applicationsPerWave: 'move some of the VMs to another wave',
  applications: 'give more VMs the same app, or archive applications that are finished',
  waves: 'put more VMs into one wave, or archive waves that are finished',
} as const;

export const RAISE_QUOTA = 'or request a higher quota in AWS Service Quotas';

/** Finds what exceeds a quota in git alone, whatever the account has: each apply of it would fail. */
const quotaRule: ServiceRule = {
  id: 'quota.exceeded',
  check: (waves, { defaultTarget, targets }) => {
    const byTarget = new Map<string, RuleWave[]>();
    for (const wave of waves) addToGroup(byTarget, wave.target ?? defaultTarget ?? '', wave);
    return [...byTarget].flatMap(([name, some]) => {
      const limits = targets.find((target) => target.name === name)?.limits;
      return limits === undefined ? [] : findingsOf(name, limits, some);
    });
  },
};

function findingsOf(target: string, limits: Target['limits'], waves: readonly RuleWave[]): RuleFinding[] {
  const members = new Map<string, RuleVm[]>();
  const wavesOfMgn = new Map<string, { readonly first: RuleWave; readonly apps: Set<string> }>();
  for (const wave of waves) {
    for (const vm of wave.vms) {
      const { app, wave: name } = groupsOf({ ...vm.settings, ...wave.ofWave }, wave.name);
      if (app !== undefined) addToGroup(members, app, vm);
      if (app === undefined || name === undefined) continue;
      const known = wavesOfMgn.get(name) ?? { first: wave, apps: new Set() };
      known.apps.add(app);
      wavesOfMgn.set(name, known);
    }
  }
  const { serversPerApplication = Infinity, applicationsPerWave = Infinity } = limits;
  const found: RuleFinding[] = [...members].flatMap(([app, vms]): RuleFinding[] => {
    const vm = vms[serversPerApplication];
    if (vm === undefined) return [];
    const words = {
      message: `application ${quote(app)} has ${vms.length} VMs, and MGN takes ${serversPerApplication} into one`,
      remedy: `${QUOTA_REMEDIES.serversPerApplication}, such as ${quote(`${app}-2`)}: this VM is the first that does not fit`,
    };
    return [vm.settings['app'] === undefined ? { vm, ...words } : { vm, setting: 'app', ...words }];
  });
  for (const [name, { first, apps }] of wavesOfMgn) {
    if (apps.size <= applicationsPerWave) continue;
    const message = `MGN wave ${quote(name)} has ${apps.size} applications, and MGN takes ${applicationsPerWave} into one`;
    found.push({
      wave: first,
      path: ['spec', 'vms'],
      target,
      message,
      remedy: QUOTA_REMEDIES.applicationsPerWave,
    });
  }
  const all = (what: 'applications' | 'waves', count: number): void => {
    const limit = limits[what] ?? Infinity;
    const [wave] = waves;
    if (count <= limit || wave === undefined) return;
    const message = `the waves of target ${target} need ${count} ${what} in MGN, and an account has ${limit} that are not archived`;
    found.push({
      wave,
      path: ['metadata', 'name'],
      target,
      message,
      remedy: `${QUOTA_REMEDIES[what]}, ${RAISE_QUOTA}`,
    });
  };
  all('applications', members.size);
  all('waves', wavesOfMgn.size);
  return found;
}

const DISPOSITION = `${LAUNCH}launchDisposition`;

/** Versions on which MGN cannot install the agent of Systems Manager (user guide, post-launch settings). */
const WITHOUT_SSM_AGENT: Readonly<Partial<Record<string, RegExp>>> = {
  amazon: /^(?:1$|201\d)/,
  centos: /^[56](?:\.|$)/,
  oracle: /^6(?:\.|$)/,
  rhel: /^6(?:\.|$)/,
  'windows-server': /^2008(?:-r2)?$/,
};

/** Post-launch actions are run by the agent of Systems Manager, which MGN installs first. */
const launchSsmAgent: ServiceRule = {
  id: 'launch.ssm-agent',
  check: (waves) =>
    waves
      .flatMap(({ vms }) => vms)
      .flatMap((vm) => {
        const { settings, guest } = vm;
        if (guest === undefined || guest.orLater || guest.versions.length === 0) return [];
        const old = WITHOUT_SSM_AGENT[guest.distribution];
        if (old === undefined || !guest.versions.every((version) => old.test(version))) return [];
        const setting = Object.keys(actionsFor(guest.family, settings)).find(
          (name) => name.startsWith(`${ACTIONS}.`) || name.startsWith(`${DOCUMENTS}.`),
        );
        if (setting === undefined) return [];
        const message = `AWS MGN cannot install the agent of Systems Manager, which runs post-launch actions, on ${guest.title} ${guest.versions.join('/')}`;
        const remedy =
          'write actions only at VMs with another system; one that must succeed keeps the cut-over from being finalized';
        return [{ vm, setting, message, remedy }];
      }),
};

/** An instance that is launched in a stopped state runs once somebody has started it (user guide, launch settings). */
const launchStopped: ServiceRule = {
  id: 'launch.stopped',
  check: (waves) =>
    waves.flatMap((wave) => {
      const { firstBoot = 'succeeded', checks = [], postLaunchActions } = wave.advance ?? {};
      return wave.vms
        .filter(({ settings }) => settings[DISPOSITION] === 'STOPPED')
        .flatMap((vm): readonly RuleFinding[] => {
          const hasActions = Object.keys(vm.settings).some((name) => name.startsWith(POST_LAUNCH));
          const waits = [
            ...(firstBoot === 'succeeded' ? ['cutover.requires.firstBoot: succeeded'] : []),
            ...(checks.length > 0 ? ['cutover.checks'] : []),
            ...(hasActions || postLaunchActions === 'succeeded' ? ['post-launch actions'] : []),
          ];
          const message = `launchDisposition STOPPED: nobody starts the instance, and ${waits.join(', ')} ${waits.length === 1 ? 'needs' : 'need'} one that runs`;
          const remedy =
            'write launchDisposition: STARTED; or start each instance in EC2; or write cutover.requires.firstBoot: any, without checks and actions';
          return waits.length === 0 ? [] : [{ vm, setting: DISPOSITION, message, remedy }];
        });
    }),
};

/** Rules on manifests for AWS MGN only. */
export const mgnRules: readonly ServiceRule[] = [
  appTwoWaves,
  mgnWaveName,
  encryptionAlwaysOn,
  kmsKeyNotArn,
  quotaRule,
  launchSsmAgent,
  launchStopped,
  ...templateRules,
];
