import { resolve } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import { writeMgnCsv } from '../inventory/mgn/write.ts';
import { unchangedFiles, writeNewFiles } from './files.ts';
import { type InvalidManifests, readManifests } from './manifests.ts';
import { matcher, requireMatch } from './name-patterns.ts';
import { findTarget } from './targets.ts';

export interface ExportOptions {
  /** Absent: the default target of the project. */
  readonly target?: string;
  /** Names or globs; absent: all waves of the target. */
  readonly wave?: readonly string[];
  /** Names or globs; absent: all VMs of the waves. */
  readonly vm?: readonly string[];
  /** A new file for the CSV; absent: it is returned only. */
  readonly out?: string;
}

interface Exported {
  readonly kind: 'exported';
  readonly csv: ReturnType<typeof writeMgnCsv>;
}

/**
 * Makes the inventory CSV of MGN from the manifests.
 * @throws LandfallError PROJECT_NOT_FOUND, TARGET_UNKNOWN, WAVE_UNKNOWN, VM_UNKNOWN, FILE_EXISTS or FILE_UNWRITABLE
 */
export async function exportMgnCsv(
  workspace: Workspace,
  options: ExportOptions,
): Promise<Exported | InvalidManifests> {
  const manifests = await readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired } = manifests;
  const target = findTarget(desired.targets, options.target ?? desired.defaultTarget);
  const waves = desired.waves.filter((wave) => wave.target === target.name);
  const vms = desired.vms.filter((vm) => vm.target === target.name);
  const waveNames = waves.map(({ name }) => name);
  const vmNames = vms.flatMap(({ address, reference }) => [address, reference.name ?? address]);
  requireMatch('WAVE_UNKNOWN', `wave of target ${target.name}`, options.wave, waveNames);
  requireMatch('VM_UNKNOWN', `VM of target ${target.name}`, options.vm, vmNames);
  const inWave = matcher(options.wave, waveNames) ?? (() => true);
  const isVm = matcher(options.vm, vmNames) ?? (() => true);
  const chosen = vms.filter(
    ({ wave, address, reference }) => inWave(wave) && (isVm(address) || isVm(reference.name ?? address)),
  );
  const csv = writeMgnCsv(chosen, waves, target);
  if (options.out !== undefined) {
    const file = { path: resolve(workspace.host.cwd, options.out), text: csv.text };
    const unchanged = await unchangedFiles(workspace, [file], 'file');
    if (unchanged.size === 0) await writeNewFiles(workspace, [file]);
  }
  return { kind: 'exported', csv };
}
