import { describe, expect, it } from '@jest/globals';
import { convertText } from '../../../src/inventory/convert/convert-text.ts';
import { mgnService } from '../../../src/providers/mgn/definition.ts';

const convert = (text: string, requestFor: Parameters<typeof convertText>[2]) =>
  convertText(text, 'a.yaml', requestFor, mgnService);

const HEAD = 'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: sdsc-01 }\n';

/** Converts what stands under a wave's head, and returns the same part of the result. */
function converted(spec: string, target?: string): string {
  const { text, failed } = convert(HEAD + spec, () => ({
    ...(target !== undefined && { target }),
  }));
  expect(failed).toBeUndefined();
  expect(text.startsWith(HEAD)).toBe(true);
  return text.slice(HEAD.length);
}

function reported(spec: string): string[] {
  return convert(HEAD + spec, () => ({})).dropped.map(({ place, vm = '-', text, comments }) =>
    [`${place.line}:${place.column} ${vm} ${text}`, ...comments].join(' '),
  );
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('a block mapping', () => {
  const spec = lines(
    'spec:',
    '  # All of it',
    '  defaults: # of every VM',
    '    # How often',
    '    frequency: 12 # twice a day',
    "    licenseType:   'Auto'",
    '',
    '    roleName: sms',
    '    seedReplicationTime: 2026-12-01T20:00:00-08:00',
    '  vms:',
    '  - name: web',
    '    runOnce: true   # at once',
    '    os: rhel-7.3   # kept',
  );

  it('loses lines, and nothing else changes', () => {
    expect(converted(spec)).toBe(
      lines(
        'spec:',
        '  # All of it',
        '  defaults: # of every VM',
        '    # How often',
        "    licenseType:   'Auto'",
        '',
        '  vms:',
        '  - name: web',
        '    os: rhel-7.3   # kept',
      ),
    );
  });

  it('is reported with places, and comments that went', () => {
    expect(reported(spec)).toEqual([
      '8:5 - frequency: 12 # twice a day',
      '11:5 - roleName: sms',
      '12:5 - seedReplicationTime: 2026-12-01T20:00:00-08:00',
      '15:5 web runOnce: true # at once',
    ]);
  });

  it.each<[string, string[], string[]]>([
    [
      'moves what follows up to a dash',
      ['    - frequency: 12', '      runOnce: false', '      name: web'],
      ['    - name: web'],
    ],
    [
      'leaves the dash to itself where a comment follows',
      ['    - frequency: 12 # x', '      # the web server', '      name: web'],
      ['    -', '      # the web server', '      name: web'],
    ],
    [
      'leaves the dash to itself where a line is empty',
      ['    - frequency: 12', '', '      name: web'],
      ['    -', '', '      name: web'],
    ],
    ['knows keys in quotes', ['    - name: web', '      "frequency": 12'], ['    - name: web']],
    [
      'knows keys with a question mark',
      ['    - name: web', '      ? frequency', '      : 12'],
      ['    - name: web'],
    ],
    [
      'knows values on the next line',
      ['    - name: web', '      frequency:', '        12'],
      ['    - name: web'],
    ],
    [
      'knows values of several lines',
      ['    - name: web', '      roleName: |', '        sms', '      os: rhel-7.3'],
      ['    - name: web', '      os: rhel-7.3'],
    ],
    ['knows values with tags', ['    - name: web', '      roleName: !!str sms'], ['    - name: web']],
    ['knows values that are missing', ['    - name: web', '      roleName: # none'], ['    - name: web']],
  ])('%s', (_, vms, expected) => {
    expect(converted(lines('spec:', '  vms:', ...vms))).toBe(lines('spec:', '  vms:', ...expected));
  });

  it('may end without a line break', () => {
    expect(converted('spec:\n  vms:\n    - name: web\n      frequency: 12')).toBe(
      'spec:\n  vms:\n    - name: web\n',
    );
  });
});

describe('a flow mapping', () => {
  it.each([
    ['{ name: web, frequency: 12 }', '{ name: web }'],
    ['{ frequency: 12, name: web }', '{ name: web }'],
    ['{ frequency: 12, runOnce: false, name: web, roleName: sms, os: x }', '{ name: web, os: x }'],
    ['{name: web,frequency: 12,}', '{name: web,}'],
    ['{ "frequency": 12 , name: web } # mine', '{ name: web } # mine'],
  ])('%s', (before, after) => {
    expect(converted(`spec:\n  vms:\n    - ${before}\n`)).toBe(`spec:\n  vms:\n    - ${after}\n`);
  });

  it('of several lines loses lines', () => {
    const spec = [
      'spec:',
      '  vms: [',
      '    {',
      '      name: web, # w',
      '      frequency: 12, # f',
      '      os: x',
      '    },',
      '  ]',
    ];
    expect(converted(lines(...spec))).toBe(lines(...spec.filter((line) => !line.includes('frequency'))));
    expect(reported(lines(...spec))).toEqual(['8:7 web frequency: 12 # f']);
  });

  it('of several lines loses what stands beside others', () => {
    const spec = lines('spec:', '  vms:', '    - { name: web, frequency: 12,', '        os: x }');
    expect(converted(spec)).toBe(lines('spec:', '  vms:', '    - { name: web,', '        os: x }'));
  });

  it('may be all of the wave', () => {
    expect(
      converted('spec: { defaults: { frequency: 12 }, vms: [{ name: web, runOnce: false }] }\n', 'aws'),
    ).toBe('spec: { target: aws, vms: [{ name: web }] }\n');
  });
});

describe('defaults of which nothing is left', () => {
  const vms = ['  vms:', '    - name: web'];

  it.each<[string, string[], string[]]>([
    ['go', ['  defaults:', '    frequency: 12', '    roleName: sms # theirs'], []],
    ['go with their braces', ['  defaults: { frequency: 12 } # twice'], []],
    [
      'stay with their comments',
      ['  defaults:', '    # Twice a day', '    frequency: 12'],
      ['  defaults:', '    # Twice a day'],
    ],
    ['stay with a comment of their own', ['  defaults: # mine', '    frequency: 12'], ['  defaults: # mine']],
    ['stay with their anchor', ['  defaults: &d', '    frequency: 12'], ['  defaults: &d']],
  ])('%s', (_, before, after) => {
    expect(converted(lines('spec:', ...before, ...vms))).toBe(lines('spec:', ...after, ...vms));
  });
});

describe('the target', () => {
  const vms = ['  vms:', '    - name: web'];

  it.each<[string, string[], string[]]>([
    [
      'changes in its place',
      ['spec:', '  target:  local # here', ...vms],
      ['spec:', '  target:  aws # here', ...vms],
    ],
    ['is put first', ['spec:', ...vms], ['spec:', '  target: aws', ...vms]],
    [
      'is put above comments of what follows',
      ['spec: # the wave', '  # Its VMs', '', ...vms],
      ['spec: # the wave', '  target: aws', '  # Its VMs', '', ...vms],
    ],
    [
      'stays where it is the same',
      ['spec:', '  target: "aws"', ...vms],
      ['spec:', '  target: "aws"', ...vms],
    ],
    ['is filled in', ['spec:', '  target:', ...vms], ['spec:', '  target: aws', ...vms]],
  ])('%s', (_, before, after) => {
    expect(converted(lines(...before), 'aws')).toBe(lines(...after));
  });

  it('is text, whatever it looks like', () => {
    expect(converted(lines('spec:', ...vms), '1e3')).toBe(lines('spec:', '  target: "1e3"', ...vms));
    expect(converted(lines('spec:', ...vms), 'null')).toBe(lines('spec:', '  target: "null"', ...vms));
  });
});

describe('anchors and aliases', () => {
  it('move to the first alias that stays', () => {
    expect(
      converted(
        lines(
          'spec:',
          '  defaults: { numberOfRecentAmisToKeep: &n "7", description: *n }',
          '  vms:',
          '    - { name: web, roleName: *n, description: *n }',
        ),
      ),
    ).toBe(
      lines('spec:', '  defaults: { description: &n "7" }', '  vms:', '    - { name: web, description: *n }'),
    );
  });

  it('go where all aliases go', () => {
    expect(
      converted(
        lines(
          'spec:',
          '  defaults: { frequency: &f 12, adopt: true }',
          '  vms:',
          '    - { name: web, frequency: *f }',
        ),
      ),
    ).toBe(lines('spec:', '  defaults: { adopt: true }', '  vms:', '    - { name: web }'));
  });

  it('of a VM that stands twice are cut once', () => {
    const spec = lines(
      'spec:',
      '  vms:',
      '    - &web',
      '      name: web',
      '      frequency: 12',
      '    - *web',
    );
    expect(converted(spec)).toBe(lines('spec:', '  vms:', '    - &web', '      name: web', '    - *web'));
    expect(reported(spec)).toHaveLength(1);
  });

  it('are left alone where one mapping is two things', () => {
    const text = `${HEAD.replace('{ name: sdsc-01 }', '\n  name: a\n  labels: &l { roleName: sms }')}spec:\n  defaults: *l\n  vms: [{ name: web }]\n`;
    expect(convert(text, () => ({}))).toMatchObject({ text, failed: true, dropped: [] });
  });
});

describe('identifiers', () => {
  const vmsOf = (...vms: readonly string[]) =>
    lines('spec:', '  vms:', ...vms.map((vm) => `    - { ${vm} }`));

  it.each([
    ['name: a, serverId: s-4e856027', 'name: a'],
    ['vmManagerId: M, vmId: vm-1, path: /x/a', 'path: /x/a'],
    ['serverId: s-4e856027, vmWareUuid: 4226d9c1', 'vmWareUuid: 4226d9c1'],
    ['name: a, serverId: s-3a1f09bc77d24e51a', 'name: a, serverId: s-3a1f09bc77d24e51a'],
    ['serverId: s-4e856027', 'serverId: s-4e856027'],
    ['vmManagerId: M, vmId: vm-1', 'vmManagerId: M, vmId: vm-1'],
  ])('%s', (before, after) => {
    expect(converted(vmsOf(before))).toBe(vmsOf(after));
  });

  it('stay where names do not tell VMs apart', () => {
    const twins = vmsOf('name: a, serverId: s-1', 'name: a, serverId: s-2', 'name: b, serverId: s-3');
    expect(converted(twins)).toBe(twins.replace(', serverId: s-3', ''));
  });
});

it('encrypted: false goes, and true stays', () => {
  expect(
    converted('spec:\n  vms:\n    - { name: a, encrypted: false }\n    - { name: b, encrypted: true }\n'),
  ).toBe('spec:\n  vms:\n    - { name: a }\n    - { name: b, encrypted: true }\n');
});

describe('a file', () => {
  const wave = (name: string) =>
    `apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: ${name} }\nspec:\n  defaults: { frequency: 12, licenseType: Auto }\n  vms: [{ name: ${name}-vm }]\n`;

  it('of several documents has each of its waves changed, and no other document', () => {
    const text = [
      '# Head\n---\n',
      wave('a'),
      '---\nkind: Other\nspec: { defaults: { frequency: 12 } }\n',
      '---\n',
      wave('b'),
      '...\n',
    ].join('');
    const both = convert(text, () => ({}));
    expect(both.text.split('\n')).toEqual(
      text
        .split('\n')
        .map((line) => (line.startsWith('  defaults') ? '  defaults: { licenseType: Auto }' : line)),
    );
    const one = convert(text, ({ name }) => (name === 'b' ? {} : undefined));
    expect(one.waves.map(({ name }) => name)).toEqual(['b']);
    expect(one.text.startsWith(text.slice(0, text.indexOf('kind: Other')))).toBe(true);
  });

  it('keeps its line ends', () => {
    const text = wave('a').replaceAll('\n', '\r\n');
    expect(convert(text, () => ({ target: 'aws' })).text).toBe(
      text.replace('frequency: 12, ', '').replace('spec:\r\n', 'spec:\r\n  target: aws\r\n'),
    );
  });

  it('that has nothing of SMS stays as it is', () => {
    const text = wave('a').replace('frequency: 12, ', '');
    expect(convert(text, () => ({}))).toMatchObject({ text, dropped: [], targets: [] });
  });
});
