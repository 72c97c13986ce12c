import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { VmReference } from '../../src/core/desired.ts';
import { toServerId } from '../../src/core/names.ts';
import { addressesOf } from '../../src/manifest/model.ts';

describe('addressesOf', () => {
  it.each<[string, readonly VmReference[], readonly string[]]>([
    ['by name', [{ name: 'a', path: '/x/a' }, { name: 'b' }], ['w/a', 'w/b']],
    [
      'by path where a name stands twice',
      [
        { name: 'a', path: '/x/a' },
        { name: 'a', path: '/y/a' },
      ],
      ['w//x/a', 'w//y/a'],
    ],
    [
      'by path, serverId or vmId where there is no name',
      [{ path: '/x' }, { serverId: toServerId('s-1') }, { vmManagerId: 'm', vmId: 'v' }],
      ['w//x', 'w/s-1', 'w/v'],
    ],
    [
      'by a number where all else is the same',
      [
        { vmManagerId: 'n', vmId: 'v' },
        { vmManagerId: 'm', vmId: 'v' },
      ],
      ['w/v~2', 'w/v'],
    ],
  ])('names VMs %s', (_, vms, expected) => {
    expect(addressesOf('w', vms)).toEqual(expected);
  });

  it('are unique, and the same whatever the order', () => {
    const id = fc.constantFrom('a', 'b', '/a', 'a~2');
    const vm = fc
      .record({ name: id, path: id, serverId: id.map(toServerId) }, { requiredKeys: [] })
      .map((reference): VmReference => reference);
    const vms = fc.uniqueArray(vm, { selector: (reference) => JSON.stringify(reference), maxLength: 8 });
    fc.assert(
      fc.property(vms, (list) => {
        const addresses = addressesOf('w', list);
        expect(new Set(addresses).size).toBe(list.length);
        expect([...addressesOf('w', [...list].reverse())].reverse()).toEqual(addresses);
      }),
    );
  });
});
