import type { Desired, DesiredVm, DesiredWave, Settings, Target } from '../core/desired.ts';
import { byText } from '../core/order.ts';
import { knownTo } from './known-to.ts';
import { isMgnSetting } from './mgn-settings.ts';
import type { Project, Vm, Wave, World } from './model.ts';
import { licenceRule } from './os/licence.ts';

/** What git wants, from manifests in which nothing is wrong: sorted, whatever the order of files and lists. */
export function buildDesired({ waves, vms, providerOf }: World, project: Project): Desired {
  const defaultTarget = project.defaultTarget ?? '';
  const targetOf = ({ target }: Wave) => target ?? defaultTarget;
  return {
    project: project.name,
    defaultTarget,
    targets: project.targets,
    waves: waves.map((wave) => desiredWave(wave, targetOf(wave))).sort((a, b) => byText(a.name, b.name)),
    vms: vms
      .map((vm) => desiredVm(vm, targetOf(vm.wave), providerOf(vm.wave) ?? 'sms'))
      .sort((a, b) => byText(a.address, b.address)),
  };
}

function desiredWave(
  { name, labels, limits, adopt, protect, phase, place }: Wave,
  target: string,
): DesiredWave {
  return { name, target, labels, limits, adopt, protect, ...(phase !== undefined && { phase }), place };
}

function desiredVm(vm: Vm, target: string, provider: Target['provider']): DesiredVm {
  const { address, wave, reference, os, guest, settings, adopt, protect, place } = vm;
  const autoLicenseType = guest === undefined ? undefined : licenceRule(guest)?.auto;
  return {
    address,
    wave: wave.name,
    target,
    reference: knownTo(provider, reference),
    ...(os !== undefined && { os }),
    ...(autoLicenseType !== undefined && { autoLicenseType }),
    settings: provider === 'mgn' ? mgnSettings(vm, autoLicenseType) : settings,
    adopt,
    protect,
    place,
  };
}

/** Job settings that say something to MGN, beside its own. It always encrypts: `encrypted: true` says nothing. */
const ON_MGN: ReadonlySet<string> = new Set(['app', 'description', 'kmsKeyId', 'licenseType']);

/**
 * What matters on MGN. A VM that names no application is in one that is called like its wave. The wire knows no Auto
 * (domain, MGN: "decide by OS"): where `os` says what it means, that is what git wants.
 */
function mgnSettings({ settings, wave }: Vm, auto: DesiredVm['autoLicenseType']): Settings {
  const matter = Object.entries(settings).filter(([name]) => ON_MGN.has(name) || isMgnSetting(name));
  const { licenseType = 'Auto' } = settings;
  return {
    app: wave.name,
    ...Object.fromEntries(matter),
    ...(licenseType === 'Auto' && auto !== undefined && { licenseType: auto }),
  };
}
