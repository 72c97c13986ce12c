import { describe, expect, it } from '@jest/globals';
import { wholeRowIdentity } from '../../src/inventory/inventory.ts';
import { removeRefusedSettings } from '../../src/inventory/refused-settings.ts';
import { mgnService } from '../../src/providers/mgn/definition.ts';

describe('a setting of an inventory that no manifest can have', () => {
  it.each([
    ['mgn.launch.template.instanceType', 'Large', 'write a family and a size of EC2, such as m5.large'],
    ['mgn.launch.template.instanceType', 'm5.lrage', 'write a family and a size of EC2, such as m5.large'],
    ['mgn.launch.template.instanceType', 'mm.large', 'write a family and a size of EC2, such as m5.large'],
    ['mgn.launch.template.instanceType', `m5.${'x'.repeat(260)}`, 'must NOT have more than 255 characters'],
  ])('becomes a comment, and the concern says what a manifest takes instead', (name, value, words) => {
    const [vm] = removeRefusedSettings(
      [
        {
          ...{ origin: 'line 2', identity: wholeRowIdentity(['a']), reference: { name: 'a' } },
          group: { key: ['a'], title: 'a' },
          ...{ comments: [], concerns: [], settings: { [name]: value } },
        },
      ],
      { service: mgnService, defaults: {}, known: [] },
    );
    expect(vm).toMatchObject({ settings: {}, comments: [`${name}: ${value}`] });
    expect(vm?.concerns).toMatchObject([
      { id: 'schema.value', message: expect.stringContaining(`: ${words}`) },
    ]);
  });
});
