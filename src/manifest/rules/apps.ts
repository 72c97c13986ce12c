import type { Concern } from '../../core/concern.ts';
import { formatPlace } from '../../core/place.ts';
import { concern, settingConcern } from '../concern.ts';
import { NAMELESS, type Vm, type Wave } from '../model.ts';
import { quote } from '../shorten.ts';
import type { Rule } from './rule.ts';

/** An application of MGN is in one wave (domain: rules of MGN). A VM that names none is in one called like its wave. */
export const appTwoWaves: Rule = {
  id: 'app.two-waves',
  check: ({ waves, project, providerOf }) => {
    const first = new Map<string, Wave>();
    return waves
      .filter((wave) => providerOf(wave) === 'mgn' && wave.name !== NAMELESS)
      .flatMap((wave) =>
        appsOf(wave).flatMap(([app, vm]): Concern[] => {
          const key = JSON.stringify([wave.target ?? project?.defaultTarget, app]);
          const other = first.get(key) ?? wave;
          first.set(key, other);
          // Waves of one name are a mistake of their own.
          if (other.name === wave.name) return [];
          const words = {
            message: `the application ${quote(app)} is in wave ${other.name} already (${formatPlace(other.place)}), and MGN takes an application into one wave`,
            remedy: `give the VMs of one of the two waves another app, or put them into one wave`,
          };
          return [
            vm.settings['app'] === undefined
              ? concern('app.two-waves', wave.origin, ['metadata', 'name'], words)
              : settingConcern('app.two-waves', vm, 'app', words),
          ];
        }),
      );
  },
};

/** The applications of a wave, each with the first VM that is in it. */
function appsOf({ name, vms }: Wave): [string, Vm][] {
  const apps = new Map<string, Vm>();
  for (const vm of vms) {
    const app = String(vm.settings['app'] ?? name);
    if (!apps.has(app)) apps.set(app, vm);
  }
  return [...apps];
}
