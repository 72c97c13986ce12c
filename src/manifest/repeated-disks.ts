import type { Wave } from './model.ts';
import { isMap, mapAt, type ValueMap } from './schema/value.ts';

/** Disks that stand twice in the list of the defaults or of a VM, each after the first with its path. */
export function repeatedDisks(spec: ValueMap): Wave['repeatedDisks'] {
  const vms = Array.isArray(spec['vms']) ? spec['vms'] : [];
  return [
    { map: mapAt(spec, 'defaults'), path: ['spec', 'defaults'] },
    ...vms.flatMap((vm, index) => (isMap(vm) ? [{ map: vm, path: ['spec', 'vms', index] }] : [])),
  ].flatMap(({ map, path }) => {
    const disks = mapAt(mapAt(map, 'mgn'), 'replication')['replicatedDisks'];
    const names = Array.isArray(disks)
      ? disks.map((disk) => (isMap(disk) ? disk['deviceName'] : undefined))
      : [];
    return names.flatMap((deviceName, index) =>
      typeof deviceName === 'string' && names.indexOf(deviceName) < index
        ? [{ deviceName, path: [...path, 'mgn', 'replication', 'replicatedDisks', index, 'deviceName'] }]
        : [],
    );
  });
}
