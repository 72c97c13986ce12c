import type { DesiredVm, VmReference } from '../core/desired.ts';

/** The VMs that manifests have already, by all that points at them. */
export interface Known {
  /** The wave that has the VM; undefined for one that no wave has. */
  waveOf(reference: VmReference): string | undefined;
  /** Whether a VM of another path or id is called so: the name alone would not do. */
  isNamed(name: string): boolean;
}

/** Indexes the VMs of a target's waves, as the rule about VMs that stand twice sees them (manifest/rules/duplicates). */
export function knownVms(vms: readonly DesiredVm[]): Known {
  const byPointer = new Map<string, string>();
  const byNameAlone = new Map<string, string>();
  const named = new Set<string>();
  for (const { reference, wave } of vms) {
    const keys = pointers(reference);
    const { name, path } = reference;
    for (const key of keys) byPointer.set(key, wave);
    if (keys.length === 0 && name !== undefined) byNameAlone.set(name, wave);
    const called = name ?? path?.slice(path.lastIndexOf('/') + 1);
    if (keys.length > 0 && called !== undefined) named.add(called);
  }
  return {
    waveOf(reference) {
      const exact = pointers(reference).map((key) => byPointer.get(key));
      const found = exact.find((wave) => wave !== undefined);
      return found ?? (reference.name === undefined ? undefined : byNameAlone.get(reference.name));
    },
    isNamed: (name) => named.has(name),
  };
}

/** One text for each identifier that points at one VM and no other. */
export function pointers({ serverId, vmManagerId, vmId, vmWareUuid, path }: VmReference): readonly string[] {
  const keys: string[] = [];
  if (serverId !== undefined) keys.push(`server ${serverId}`);
  if (vmManagerId !== undefined && vmId !== undefined) keys.push(`vm ${vmManagerId.toLowerCase()} ${vmId}`);
  if (vmWareUuid !== undefined) keys.push(`uuid ${vmWareUuid.toLowerCase()}`);
  if (path !== undefined) keys.push(`path ${path}`);
  return keys;
}
