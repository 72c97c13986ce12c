import { CONCERNS, type ConcernId } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import type { Settings } from '../core/desired.ts';
import { NAMELESS, type Vm, type Wave } from './model.ts';
import { locate, type Origin } from './origin.ts';
import type { JobSetting } from './settings.ts';
import type { Path } from './yaml/node.ts';

/** What a rule has to say, without where. */
interface Words {
  readonly message: string;
  readonly remedy: string;
}

/** A concern about a VM, placed at one of its keys, or at the VM itself. */
export function vmConcern(id: ConcernId, vm: Vm, key: string | undefined, words: Words): Concern {
  const path = ['spec', 'vms', vm.index, ...(key === undefined ? [] : [key])];
  return { ...concern(id, vm.wave.origin, path, words), ...addressOf(vm) };
}

/** A concern about a job setting of a VM, placed where the setting is written: at the VM, or in the wave's defaults. */
export function settingConcern(id: ConcernId, vm: Vm, setting: JobSetting, words: Words): Concern {
  if (vm.own[setting] !== undefined) return vmConcern(id, vm, setting, words);
  return { ...concern(id, vm.wave.origin, ['spec', 'defaults', setting], words), ...addressOf(vm) };
}

/** Where a wave writes settings: its defaults once, whatever VMs take them over, and each VM. */
export interface Writing {
  readonly settings: Settings;
  /** A concern about one of the keys there. */
  readonly concern: (id: ConcernId, key: string, words: Words) => Concern;
}

/** All places of a wave where settings are written. */
export function writingsOf({ origin, defaults, vms }: Wave): Writing[] {
  return [
    {
      settings: defaults,
      concern: (id, key, words) => concern(id, origin, ['spec', 'defaults', key], words),
    },
    ...vms.map((vm): Writing => ({
      settings: vm.own,
      concern: (id, key, words) => vmConcern(id, vm, key, words),
    })),
  ];
}

/** A concern about a document, placed at the value at `path`, or the nearest above it. */
export function concern(id: ConcernId, origin: Origin, path: Path, { message, remedy }: Words): Concern {
  return { id, severity: CONCERNS[id].severity, message, remedy, ...locate(origin, path) };
}

/** No address where the names it is made of are missing. */
function addressOf({ wave, reference, address }: Vm): Pick<Concern, 'address'> {
  return wave.name === NAMELESS || Object.keys(reference).length === 0 ? {} : { address };
}
