import { describe, expect, it } from '@jest/globals';
import { convertFiles } from '../../../src/inventory/convert/convert-files.ts';

const wave = (name: string, ...spec: readonly string[]) =>
  Buffer.from(
    ['apiVersion: landfall/v1', 'kind: Wave', `metadata: { name: ${name} }`, 'spec:', ...spec, ''].join('\n'),
  );

function problemsOf(...files: readonly Buffer[]): string[] {
  const { report } = convertFiles(
    files.map((bytes, index) => ({ path: `${index}.yaml`, bytes })),
    { to: 'mgn', requestFor: () => ({}), providerOf: (target) => (target === 'old' ? 'sms' : 'mgn') },
  );
  return report.problems.map(
    ({ id = '-', message, place }) => `${place?.file ?? ''}:${place?.line ?? 0} ${id} ${message}`,
  );
}

describe('what is left to solve', () => {
  it('is a merge key, which landfall reads nowhere', () => {
    expect(
      problemsOf(wave('a', '  vms:', '    - &b { name: x, frequency: 12 }', '    - { <<: *b, name: y }')),
    ).toEqual(['0.yaml:7 yaml.merge-key the merge key << is not part of YAML 1.2']);
  });

  it('is a mapping that stands for two things', () => {
    const [, ...rest] = [
      '',
      '  target: &t aws',
      '  defaults: { description: *t }',
      '  vms: [{ name: x, roleName: sms }]',
    ];
    const text = wave('a', ...rest);
    expect(problemsOf(text)).toEqual([]);
    const { texts } = convertFiles([{ path: 'a.yaml', bytes: text }], {
      requestFor: () => ({ target: 'other' }),
      to: 'mgn',
      providerOf: () => 'mgn',
    });
    // Another target would be another description, so that the file stays.
    expect(texts).toEqual([undefined]);
  });

  it('is a target of SMS, told once', () => {
    const of = (name: string) => wave(name, '  target: old', `  vms: [{ name: ${name} }]`);
    expect(problemsOf(of('a'), of('b'), of('c'), of('d'))).toEqual([
      '0.yaml:5 - the target old of waves a, b, c, 1 more is one of SMS',
    ]);
  });

  it('is what the rules on manifests say between waves too', () => {
    expect(problemsOf(wave('a', '  vms: [{ name: x }]'), wave('b', '  vms: [{ name: x }]'))).toEqual([
      '1.yaml:5 vm.duplicate the VM x is in wave a already, at 0.yaml:5:9',
    ]);
  });

  it('is a VM that only an id of SMS tells from others of its name', () => {
    const vms = ['s-1', 's-2'].map((id) => `    - { name: x, serverId: ${id} }`);
    expect(problemsOf(wave('a', '  vms:', ...vms))[0]).toBe(
      '0.yaml:6 vm.not-findable only serverId "s-1" tells this VM from others called "x", and that is an id of SMS',
    );
  });
});
