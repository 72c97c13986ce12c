import { expect, it } from '@jest/globals';
import { writeWave } from '../../src/inventory/write-wave.ts';
import { toValue } from '../../src/manifest/yaml/node.ts';
import { readYaml } from '../../src/manifest/yaml/read.ts';

it.each(['${a}', 'x{{{ y }}', '{% z %}', '<%= w %>'])(
  'writes %s so that it is text, not a placeholder',
  (name) => {
    const vms = [{ reference: { name }, settings: {}, comments: [name], refused: false }];
    const text = writeWave({
      schema: 's',
      heading: [],
      name: 'a',
      labels: new Map(),
      adopt: false,
      defaults: {},
      vms,
    });
    const { roots, problems } = readYaml(text);
    expect(problems).toEqual([]);
    expect(JSON.stringify(roots.map(toValue))).toContain(`"vms":[{"name":${JSON.stringify(name)}}]`);
  },
);
