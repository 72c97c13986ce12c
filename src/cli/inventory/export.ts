import { resolve } from 'node:path';
import { EXIT } from '../../core/error.ts';
import { writeMgnCsv } from '../../inventory/mgn/write.ts';
import { renderExportText } from '../../report/inventory/import.ts';
import { unchangedFiles, writeNewFiles } from '../../workflow/files.ts';
import { readManifests } from '../../workflow/manifests.ts';
import { matcher, requireMatch } from '../../workflow/selection.ts';
import { findTarget } from '../../workflow/targets.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly target?: string;
  readonly wave?: readonly string[];
  readonly vm?: readonly string[];
  readonly out?: string;
}

/** `landfall export mgn-csv`: the VMs of a target as the inventory CSV that MGN imports. Needs no network. */
export async function exportMgnCsv(context: Context, flags: Flags): Promise<number> {
  const manifests = readManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  const { desired } = manifests;
  const target = findTarget(desired.targets, flags.target ?? desired.defaultTarget);
  const waves = desired.waves.filter((wave) => wave.target === target.name);
  const vms = desired.vms.filter((vm) => vm.target === target.name);
  const waveNames = waves.map(({ name }) => name);
  const vmNames = vms.flatMap(({ address, reference }) => [address, reference.name ?? address]);
  requireMatch('WAVE_UNKNOWN', `wave of target ${target.name}`, flags.wave, waveNames);
  requireMatch('VM_UNKNOWN', `VM of target ${target.name}`, flags.vm, vmNames);
  const inWave = matcher(flags.wave, waveNames) ?? (() => true);
  const isVm = matcher(flags.vm, vmNames) ?? (() => true);
  const chosen = vms.filter(
    ({ wave, address, reference }) => inWave(wave) && (isVm(address) || isVm(reference.name ?? address)),
  );
  const csv = writeMgnCsv(chosen, waves, target);
  if (flags.out === undefined) context.print(csv.text);
  else {
    const file = { path: resolve(context.host.cwd, flags.out), text: csv.text };
    const unchanged = await unchangedFiles(context, [file], 'file');
    if (unchanged.size === 0) await writeNewFiles(context, [file]);
  }
  context.log(renderExportText(csv, flags.out));
  return EXIT.done;
}
