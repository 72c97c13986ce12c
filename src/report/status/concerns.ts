import type { Concern } from '../../core/concern.ts';
import { groupBy } from '../../core/lists.ts';
import type { VmStatus } from '../../core/status.ts';
import { concernLines, type ListedConcern } from '../text/blocks.ts';
import { wrapLine } from '../text/fit.ts';
import type { StatusTextOptions } from './columns.ts';

/**
 * The concerns of VMs and of targets. What is said of several VMs in the same words is shown once, with the addresses of
 * the others; verbose: each by itself.
 */
export function statusConcernLines(
  vms: readonly VmStatus[],
  concerns: readonly Concern[],
  { colors, columns = Infinity, verbose = false }: StatusTextOptions,
): readonly string[] {
  const ofVms = verbose ? vms.flatMap((vm) => vm.concerns) : mergeConcerns(vms);
  return concernLines([...ofVms, ...concerns], { colors, verbose }).flatMap((line) =>
    wrapLine(line, columns),
  );
}

function mergeConcerns(vms: readonly VmStatus[]): readonly ListedConcern[] {
  const all = vms.flatMap((vm) => vm.concerns.map((concern) => ({ vm, concern })));
  const groups = groupBy(all, ({ vm, concern: { id, message, remedy = '' } }) =>
    JSON.stringify([id, withoutNames(message, vm), withoutNames(remedy, vm)]),
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first.concern, alike: others.map(({ vm: { address } }) => address) }],
  );
}

/** Takes the names and ids of a VM out of a text about it. */
function withoutNames(text: string, { address, job, server, vm }: VmStatus): string {
  // A short name may be part of any word: it counts in quotes.
  const name = vm?.reference.name;
  const names = [address, job?.id, server?.serverId, server?.path, name === undefined ? name : `"${name}"`];
  return names.reduce<string>((rest, one = '') => (one === '' ? rest : rest.replaceAll(one, '*')), text);
}
