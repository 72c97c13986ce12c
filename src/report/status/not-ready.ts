import type { Phase } from '../../core/desired.ts';
import { groupBy } from '../../core/lists.ts';
import type { Status } from '../../core/status.ts';
import { escapeTerminal } from '../text/escape.ts';
import { wrapLine } from '../text/fit.ts';
import { formatListing } from '../text/table.ts';
import { pluralize } from '../text/words.ts';
import { notReadyColumns } from './columns.ts';
import type { StatusTextOptions } from './columns.ts';

/** The VMs that are not ready for a phase, by wave, each with its reasons, and how many of how many they are. */
export function notReadyBlocks(
  { vms }: Status,
  phase: Phase,
  total: number,
  { colors, columns = Infinity }: StatusTextOptions,
): readonly (readonly string[])[] {
  if (total === 0) return [[`No VM is in question for ${phase}.`]];
  if (vms.length === 0) {
    return [[total === 1 ? `The VM is ready for ${phase}.` : `All ${total} VMs are ready for ${phase}.`]];
  }
  const { lines } = formatListing(notReadyColumns(colors), vms, colors, columns - 2);
  const rows = new Map(vms.map((vm, index) => [vm, lines[index] ?? []]));
  const several = new Set(vms.map(({ target }) => target)).size > 1;
  const waves = groupBy(vms, ({ target, wave = 'no wave' }) => (several ? `${target} ${wave}` : wave));
  return [
    ...[...waves].map(([wave, members]) => [
      colors.bold(escapeTerminal(wave)),
      ...members.flatMap((vm) => [
        ...(rows.get(vm) ?? []).map((line) => `  ${line.trimEnd()}`),
        ...(vm.notReady ?? []).flatMap((reason) => wrapLine(`    - ${escapeTerminal(reason)}`, columns)),
      ]),
    ]),
    [`${vms.length} of ${pluralize(total, 'VM')} ${vms.length === 1 ? 'is' : 'are'} not ready for ${phase}.`],
  ];
}
