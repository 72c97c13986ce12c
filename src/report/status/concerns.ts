import type { Concern } from '../../core/concern.ts';
import { groupBy } from '../../core/lists.ts';
import { fullName } from '../../core/names.ts';
import type { VmStatus } from '../../core/status.ts';
import { concernLines, type ListedConcern } from '../text/blocks.ts';
import type { StatusTextOptions } from './columns.ts';

/**
 * The concerns of VMs and of targets. What is said of several VMs in the same words is shown once, with the names of the
 * others; verbose: each by itself.
 */
export function statusConcernLines(
  vms: readonly VmStatus[],
  concerns: readonly Concern[],
  options: StatusTextOptions,
): readonly string[] {
  const { verbose = false } = options;
  const ofVms = verbose ? vms.flatMap((vm) => vm.concerns) : mergeConcerns(vms);
  return concernLines([...ofVms, ...concerns], { ...options, verbose });
}

/** A moment or a span of time, as messages write them. */
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC|\b\d+(?:\.\d)? (?:d|h|min|s)\b(?: \d+ (?:h|min|s)\b)?/g;

/** Merges what differs in names and times only; the VM whose deadline is the first represents the others. */
export function mergeConcerns(vms: readonly VmStatus[]): readonly ListedConcern[] {
  const all = vms.flatMap((vm) =>
    vm.concerns.map((concern) => ({
      ...{ vm, concern },
      text: withoutNames(JSON.stringify([concern.id, concern.message, concern.remedy]), vm),
    })),
  );
  const endOf = ({ vm }: { readonly vm: VmStatus }): number => vm.deadlines[0]?.at ?? Infinity;
  return [...groupBy(all, ({ text }) => text.replace(TIME, '*')).values()].flatMap((group) => {
    const [first, ...others] = group.toSorted((a, b) =>
      endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0,
    );
    if (first === undefined) return [];
    const isLater = others.some(({ text }) => text !== first.text);
    const alike = {
      names: others.map((other) => fullName(other.vm)),
      addresses: others.map((other) => other.vm.address),
      isLater,
    };
    return [{ ...first.concern, alike }];
  });
}

/** Takes the names and ids of a VM out of JSON about it. */
function withoutNames(text: string, status: VmStatus): string {
  const { address, job, server, vm } = status;
  // A short name may be part of any word: it counts in quotes.
  const name = vm?.reference.name;
  const names = [
    fullName(status),
    address,
    job?.id,
    server?.serverId,
    server?.path,
    name === undefined ? name : `\\"${name}\\"`,
  ];
  return names.reduce<string>((rest, one = '') => (one === '' ? rest : rest.replaceAll(one, '*')), text);
}
