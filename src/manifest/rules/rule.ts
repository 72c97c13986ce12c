import { type ConcernId, CONCERNS } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import { locate, type Origin, type RuleInput, UNKNOWN_NAME, type Vm } from '../model.ts';
import { blockOf } from '../settings.ts';
import type { Path } from '../yaml/node.ts';

/** A check of manifests that the schema has accepted. */
export interface Rule {
  /** Of every concern the rule raises. */
  readonly id: ConcernId;
  readonly check: (input: RuleInput) => Concern[];
}

/** The text of a concern, without its place. */
export interface ConcernText {
  readonly message: string;
  readonly remedy: string;
}

/** A concern about a VM, placed at one of its keys, or at the VM itself. */
export function vmConcern(id: ConcernId, vm: Vm, key: string | undefined, words: ConcernText): Concern {
  const path = ['spec', 'vms', vm.index, ...(key === undefined ? [] : [key])];
  return { ...concernAt(id, vm.wave.origin, path, words), ...addressOf(vm) };
}

/** A concern about a job setting of a VM, placed where the setting is written: at the VM, or in the wave's defaults. */
export function settingConcern(id: ConcernId, vm: Vm, setting: string, words: ConcernText): Concern {
  // A setting of a service's block is in mappings: mgn.launch.bootMode.
  const steps = blockOf(setting) === undefined ? [setting] : setting.split('.');
  const home = vm.own[setting] === undefined ? ['spec', 'defaults'] : ['spec', 'vms', vm.index];
  return { ...concernAt(id, vm.wave.origin, [...home, ...steps], words), ...addressOf(vm) };
}

/** A concern about a document, placed at the value at `path`, or the nearest above it. */
export function concernAt(
  id: ConcernId,
  origin: Origin,
  path: Path,
  { message, remedy }: ConcernText,
): Concern {
  return { id, severity: CONCERNS[id].severity, message, remedy, ...locate(origin, path) };
}

/** No address where the names it is made of are missing. */
function addressOf({ wave, reference, address }: Vm): Pick<Concern, 'address'> {
  return wave.name === UNKNOWN_NAME || Object.keys(reference).length === 0 ? {} : { address };
}
