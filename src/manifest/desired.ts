import type { Desired, DesiredVm, DesiredWave } from '../core/desired.ts';
import { byText } from '../core/order.ts';
import type { Project, Vm, Wave, World } from './model.ts';
import { licenceRule } from './os/licence.ts';

/** What git wants, from manifests in which nothing is wrong: sorted, whatever the order of files and lists. */
export function buildDesired({ waves, vms }: World, project: Project): Desired {
  const defaultTarget = project.defaultTarget ?? '';
  const targetOf = ({ target }: Wave) => target ?? defaultTarget;
  return {
    project: project.name,
    defaultTarget,
    targets: project.targets,
    waves: waves.map((wave) => desiredWave(wave, targetOf(wave))).sort((a, b) => byText(a.name, b.name)),
    vms: vms.map((vm) => desiredVm(vm, targetOf(vm.wave))).sort((a, b) => byText(a.address, b.address)),
  };
}

function desiredWave(
  { name, labels, limits, adopt, protect, phase, place }: Wave,
  target: string,
): DesiredWave {
  return { name, target, labels, limits, adopt, protect, phase, place };
}

function desiredVm(
  { address, wave, reference, os, guest, settings, adopt, protect, place }: Vm,
  target: string,
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
