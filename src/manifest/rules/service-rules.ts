import type { Concern } from '../../core/concern.ts';
import type { ConcernId } from '../../core/concern-ids.ts';
import type { RuleFinding, RuleWave } from '../../core/service.ts';
import { SERVICES } from '../../providers/registry.ts';
import type { Vm, Wave } from '../model.ts';
import { concernAt, type Rule, settingConcern, vmConcern } from './rule.ts';
import { unsupportedSettings } from './unsupported.ts';

/** Rules that hold on one service alone, each for the waves of that service: its own, and that on unsupported settings. */
export const SERVICE_RULES: readonly Rule[] = SERVICES.flatMap((service) =>
  [
    {
      id: service.unsupportedSettings.id,
      check: (waves: readonly RuleWave[]) => unsupportedSettings(service, waves),
    },
    ...service.rules,
  ].map(({ id, check }): Rule => ({
    id,
    check({ waves, project, now, serviceOf }) {
      const own = waves.filter((wave) => serviceOf(wave) === service);
      const context = { project: project?.name ?? '', defaultTarget: project?.defaultTarget, now };
      return check(own, context).map((finding) => toConcern(id, finding));
    },
  })),
);

/** A rule hands back waves and VMs that it was given, which are of the model. */
function toConcern(id: ConcernId, finding: RuleFinding): Concern {
  if ('wave' in finding) {
    const { target } = finding;
    const concern = concernAt(id, (finding.wave as Wave).origin, finding.path, finding);
    return target === undefined ? concern : { ...concern, target };
  }
  const vm = finding.vm as Vm;
  return 'setting' in finding
    ? settingConcern(id, vm, finding.setting, finding)
    : vmConcern(id, vm, finding.key, finding);
}
