import type { DesiredVm, Settings } from '../../core/desired.ts';
import { incrementCount } from '../../core/lists.ts';
import { isApplicationName } from '../../core/names.ts';
import { joinFirst } from '../../core/text.ts';
import type { InventoryVm, WaveGroup } from '../inventory.ts';
import { MANAGE_WAVE, WAVE_NAME } from './columns.ts';

/**
 * Returns what a wave says of the groups of MGN, from the cell with its name. An account that MGN has made of the CSV has
 * these groups, and its servers have no owner.
 */
export function groupsOfWaveCell(name: string): Pick<WaveGroup, 'adopt' | 'ofWave'> {
  const ofWave = isApplicationName(name) ? { [WAVE_NAME]: name } : { [MANAGE_WAVE]: false };
  return { adopt: true, ofWave };
}

/** The waves that a group of VMs is split into, by name. */
interface NewWaves {
  readonly group: WaveGroup;
  readonly waves: readonly string[];
  readonly vms: readonly InventoryVm[];
}

/** What a wave file says of the groups of MGN, and why it differs from the source. */
interface WaveGroups {
  readonly ofWave: Settings;
  readonly comments: readonly string[];
}

/**
 * The groups of MGN that the waves of a target manage. MGN allows an application in one wave only, and a VM without an
 * application is in one with the name of its wave (manifest/rules). A wave of MGN has one wave in the manifests.
 */
export class MgnGroups {
  /** The wave of each application. */
  readonly #applications = new Map<string, string>();
  /** The names of waves in MGN. */
  readonly #waves = new Set<string>();

  /** The number of VMs in each application. */
  readonly #sizes = new Map<string, number>();
  readonly #maxSize: number;
  /** The applications that VMs of a larger one are in, by its name. */
  readonly #splits = new Map<string, Set<string>>();

  /**
   * @param vms the VMs of the existing waves of the target
   * @param maxSize the most servers that an application takes; Infinity: the service has no applications
   */
  constructor(vms: readonly DesiredVm[], maxSize = Infinity) {
    this.#maxSize = maxSize;
    for (const { settings, wave } of vms) {
      const { app = wave } = settings;
      incrementCount(this.#sizes, String(app));
      if (settings[MANAGE_WAVE] === false) continue;
      this.#waves.add(String(settings[WAVE_NAME] ?? wave));
      if (settings['app'] !== undefined) this.#applications.set(String(settings['app']), wave);
    }
  }

  /**
   * Reserves the groups of the waves of an import, and returns what each of them says of its groups. A wave whose groups
   * belong to another wave leaves them as they are.
   */
  reserve(all: readonly NewWaves[]): readonly WaveGroups[] {
    if (!this.#isClear(all)) for (const { waves } of all) this.#own(waves);
    return all.map((each) => this.#reserveOne(each));
  }

  /** Whether no VM can end up without an application, so that no wave needs one with its own name. */
  #isClear(all: readonly NewWaves[]): boolean {
    const owners = new Map(this.#applications);
    return all.every(({ group: { ofWave = {}, keepsApplications }, waves: [wave = ''], vms }) => {
      if (keepsApplications === true || ofWave[MANAGE_WAVE] === false) return true;
      return vms.every(({ settings: { app } }) => {
        const owner = owners.get(String(app)) ?? wave;
        owners.set(String(app), owner);
        return app !== undefined && owner === wave;
      });
    });
  }

  #reserveOne({ group, waves, vms }: NewWaves): WaveGroups {
    const { ofWave = {}, keepsApplications = false } = group;
    if (group.ofWave === undefined || ofWave[MANAGE_WAVE] === false) return { ofWave, comments: [] };
    const [wave = ''] = waves;
    const name = String(ofWave[WAVE_NAME] ?? wave);
    const applications = vms.flatMap(({ settings: { app } }) => (app === undefined ? [] : [String(app)]));
    const isTaken = keepsApplications && applications.some((app) => this.#ownerOf(app, wave) !== wave);
    const reason =
      waves.length > 1
        ? `the MGN wave ${JSON.stringify(name)} is split into ${waves.length} waves`
        : this.#waves.has(name)
          ? `another wave has the MGN wave ${JSON.stringify(name)}`
          : isTaken
            ? 'another wave has an application with the same name'
            : undefined;
    if (reason !== undefined) {
      const comment = `${reason}: this one leaves applications in the waves of MGN that they are in`;
      return { ofWave: { [MANAGE_WAVE]: false }, comments: [comment] };
    }
    this.#waves.add(name);
    if (keepsApplications) for (const app of applications) this.#applications.set(app, wave);
    return { ofWave: name === wave ? {} : ofWave, comments: [] };
  }

  /** Makes waves the owners of the applications with their names: a VM without an application is in that one. */
  #own(waves: readonly string[]): void {
    for (const wave of waves) this.#applications.set(wave, this.#ownerOf(wave, wave));
  }

  /** Returns a VM for a wave: if another wave has its application, without the application and with a comment. */
  assign<Vm extends InventoryVm>(vm: Vm, wave: string, ofWave: Settings): Vm {
    if (ofWave[MANAGE_WAVE] === false) return vm;
    const { app, ...settings } = vm.settings;
    if (vm.group.keepsApplications !== true) {
      const part = this.#partOf(String(app ?? wave), wave);
      if (part !== String(app ?? wave)) return { ...vm, settings: { ...settings, app: part } };
    }
    if (app === undefined || app === wave) return { ...vm, settings };
    const owner = this.#ownerOf(String(app), wave);
    this.#applications.set(String(app), owner);
    if (owner === wave) return vm;
    const message = `the application ${JSON.stringify(app)} is in wave ${owner}, and MGN takes an application into one wave`;
    return { ...vm, settings, concerns: [...vm.concerns, { id: 'app.two-waves', message }] };
  }

  /** Returns the application for a further VM of one: `crm`, and once that is full, `crm-2`. */
  #partOf(app: string, wave: string): string {
    for (let part = 1; ; part += 1) {
      const name = part === 1 ? app : `${app}-${part}`;
      if (part > 1 && this.#ownerOf(name, wave) !== wave) continue;
      if ((this.#sizes.get(name) ?? 0) >= this.#maxSize) continue;
      incrementCount(this.#sizes, name);
      if (part > 1) {
        this.#applications.set(name, wave);
        this.#splits.set(app, (this.#splits.get(app) ?? new Set([app])).add(name));
      }
      return name;
    }
  }

  /** Says which applications were split because they are too large for MGN. */
  get notes(): readonly string[] {
    return [...this.#splits].map(
      ([app, parts]) =>
        `MGN takes ${this.#maxSize} servers into an application: the VMs of ${JSON.stringify(app)} are in ${joinFirst([...parts])}`,
    );
  }

  #ownerOf(app: string, otherwise: string): string {
    return this.#applications.get(app) ?? otherwise;
  }
}
