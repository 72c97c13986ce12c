import type { DesiredVm } from '../core/desired.ts';
import type { FoundVm } from './found.ts';

/**
 * Which wave has each application: MGN takes an application into one wave only, and a VM that names none is in one that
 * is called like its wave (manifest/rules/apps).
 */
export class Applications {
  readonly #waves = new Map<string, string>();

  /** @param vms those that waves of the target have already */
  constructor(vms: readonly DesiredVm[]) {
    for (const { settings, wave } of vms) {
      if (settings['app'] !== undefined) this.#waves.set(String(settings['app']), wave);
    }
  }

  /** Keeps the names of waves for applications of their own. */
  reserve(waves: readonly string[]): void {
    for (const wave of waves) if (!this.#waves.has(wave)) this.#waves.set(wave, wave);
  }

  /** The VM as a wave can have it: without its application where another wave has that, with a comment. */
  settle<Vm extends FoundVm>(vm: Vm, wave: string): Vm {
    const { app, ...settings } = vm.settings;
    if (app === undefined || app === wave) return { ...vm, settings };
    const owner = this.#waves.get(String(app)) ?? wave;
    this.#waves.set(String(app), owner);
    if (owner === wave) return vm;
    const message = `the application ${JSON.stringify(app)} is in wave ${owner}, and MGN takes an application into one wave`;
    return { ...vm, settings, concerns: [...vm.concerns, { id: 'app.two-waves', message }] };
  }
}
