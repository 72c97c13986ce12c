import type { Desired, DesiredVm, DesiredWave, Settings } from '../core/desired.ts';
import { byText } from '../core/order.ts';
import { isMgnSetting } from './mgn-settings.ts';
import type { Project, Vm, Wave, World } from './model.ts';
import { licenceRule } from './os/licence.ts';

/** What git wants, from manifests in which nothing is wrong: sorted, whatever the order of files and lists. */
export function buildDesired({ waves, vms }: World, project: Project): Desired {
  const defaultTarget = project.defaultTarget ?? '';
  const targetOf = ({ target }: Wave) => target ?? defaultTarget;
  const onMgn = new Set(project.targets.flatMap(({ name, provider }) => (provider === 'mgn' ? [name] : [])));
  const settingsOf = (vm: Vm) => (onMgn.has(targetOf(vm.wave)) ? mgnSettings(vm) : vm.settings);
  return {
    project: project.name,
    defaultTarget,
    targets: project.targets,
    waves: waves.map((wave) => desiredWave(wave, targetOf(wave))).sort((a, b) => byText(a.name, b.name)),
    vms: vms
      .map((vm) => desiredVm(vm, targetOf(vm.wave), settingsOf(vm)))
      .sort((a, b) => byText(a.address, b.address)),
  };
}

function desiredWave(
  { name, labels, limits, adopt, protect, phase, place }: Wave,
  target: string,
): DesiredWave {
  return { name, target, labels, limits, adopt, protect, phase, place };
}

function desiredVm(
  { address, wave, reference, os, guest, adopt, protect, place }: Vm,
  target: string,
  settings: Settings,
): DesiredVm {
  const autoLicenseType = guest === undefined ? undefined : licenceRule(guest)?.auto;
  return {
    address,
    wave: wave.name,
    target,
    reference,
    ...(os !== undefined && { os }),
    ...(autoLicenseType !== undefined && { autoLicenseType }),
    settings,
    adopt,
    protect,
    place,
  };
}

/** Job settings that say something to MGN, beside its own. It always encrypts: `encrypted: true` says nothing. */
const ON_MGN: ReadonlySet<string> = new Set(['app', 'description', 'kmsKeyId', 'licenseType']);

/** What matters on MGN. A VM that names no application is in one that is called like its wave. */
function mgnSettings({ settings, wave }: Vm): Settings {
  const matter = Object.entries(settings).filter(([name]) => ON_MGN.has(name) || isMgnSetting(name));
  return { app: wave.name, ...Object.fromEntries(matter) };
}
