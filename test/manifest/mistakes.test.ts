// Mistakes that people make in manifests: each gives one message, at the line it is on, and none about what follows.
import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { renderValidationText } from '../../src/report/validation/validation.ts';
import { expectGolden } from '../report/golden.ts';
import { inFolder } from './folder.ts';

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/**/*.yaml]
defaultTarget: local
targets:
  local:
    provider: sms
    region: us-west-2
    endpoint: local
`;

const WAVE = `apiVersion: landfall/v1
kind: Wave
metadata:
  name: w1
spec:
  target: local
  defaults:
    frequency: 12
    licenseType: Auto
  vms:
    - name: awsscrum-lnx1
      os: rhel-7.3
    - name: awsscrum-win1
    - name: awsscrum-win2
`;

const CONFLICT = '<<<<<<< HEAD\n    a: 1\n||||||| base\n    a: 2\n=======\n    a: 3\n>>>>>>> b\n';
const TABS = ['  name', '  target', '  defaults', '  vms'].map((key) => [key, `\t${key.trim()}`] as const);

type Files = Readonly<Record<string, string>>;
/** The files of the project, by a mistake. */
type Mistake = readonly [name: string, files: Files];

/** Replaces a text that must be there. */
function edit(text: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((edited, [from, to]) => {
    expect(edited).toContain(from);
    return edited.replace(from, to);
  }, text);
}

const inWave = (...edits: readonly (readonly [string, string])[]): Files => ({
  'waves/one.yaml': edit(WAVE, ...edits),
});
const inProject = (...edits: readonly (readonly [string, string])[]): Files => ({
  'landfall.yaml': edit(PROJECT, ...edits),
});

const KEYS: readonly Mistake[] = [
  ['apiversion', inWave(['apiVersion', 'apiversion'])],
  ['apiversion of the project', inProject(['apiVersion', 'apiversion'])],
  ['Kind', inWave(['kind', 'Kind'])],
  ['kind: wave', inWave(['kind: Wave', 'kind: wave'])],
  ['metadata.nme', inWave(['  name: w1', '  nme: w1'])],
  ['Spec', inWave(['spec:', 'Spec:'])],
  ['spec.vm', inWave(['  vms:', '  vm:'])],
  ['a misspelt setting of a VM', inWave(['os: rhel-7.3', 'os: rhel-7.3\n      licenceType: BYOL'])],
  ['Name', inWave(['- name: awsscrum-win1', '- Name: awsscrum-win1'])],
  ['vms at the top level', inWave(['  vms:', 'vms:'])],
  ['target at the top level', inWave(['  target: local\n', ''], ['spec:', 'target: local\nspec:'])],
  ['name at the top level', inWave(['metadata:\n  name', 'name'])],
  ['name beside metadata', inWave(['  name: w1', 'name: w1'])],
  ['name under spec', inWave(['metadata:\n  name: w1\nspec:', 'spec:\n  name: w1'])],
  ['frequency under spec', inWave(['    frequency: 12\n', ''], ['  vms:', '  frequency: 12\n  vms:'])],
  [
    'frequency under metadata',
    inWave(['    frequency: 12\n', ''], ['name: w1', 'name: w1\n  frequency: 12']),
  ],
  ['two settings under spec', inWave(['    frequency', '  frequency'], ['    licenseType', '  licenseType'])],
  ['vms under defaults', inWave(['  vms:', '    vms:'], ...indentVms())],
  ['os under defaults', inWave(['licenseType', 'os: rhel-7.3\n    licenseType'])],
  ['target at a VM', inWave(['os: rhel-7.3', 'target: local'])],
  ['bootMode at a VM', inWave(['os: rhel-7.3', 'bootMode: UEFI'])],
  ['apiVersion under metadata', inWave(['  name: w1', '  name: w1\n  apiVersion: landfall/v1'])],
  [
    'region beside targets',
    inProject(['    region: us-west-2\n', ''], ['targets:', 'region: us-west-2\ntargets:']),
  ],
  ['name of the project', inProject(['metadata: { name: ucop }', 'name: ucop'])],
  ['frequency in the project file', inProject(['    region', '    frequency: 12\n    region'])],
];

const VMS: readonly Mistake[] = [
  ['a VM that is text', inWave(['- name: awsscrum-win1', '- awsscrum-win1'])],
  [
    'VMs that are text',
    inWave(['- name: awsscrum-win1', '- awsscrum-win1'], ['- name: awsscrum-win2', '- awsscrum-win2']),
  ],
  ['a VM that is a key', inWave(['- name: awsscrum-win1', '- awsscrum-win1:'])],
  [
    'a VM that is a key with settings',
    inWave(['- name: awsscrum-lnx1\n      os', '- awsscrum-lnx1:\n        os']),
  ],
  ['- vm: x', inWave(['- name: awsscrum-win1', '- vm: awsscrum-win1'])],
  ['- hostname: x', inWave(['- name: awsscrum-win1', '- hostname: awsscrum-win1'])],
  ['name:x', inWave(['- name: awsscrum-win1', '- name:awsscrum-win1'])],
];

const WAVES: readonly Mistake[] = [
  ['a copied wave file', { 'waves/two.yaml': WAVE }],
  ['a copied wave in one file', inWave(['- name: awsscrum-win2\n', `- name: awsscrum-win2\n---\n${WAVE}`])],
  ['a copied wave with another name', { 'waves/two.yaml': edit(WAVE, ['name: w1', 'name: w2']) }],
  ['a VM that is listed twice', inWave(['- name: awsscrum-win2', '- name: awsscrum-win1'])],
  ['a glob that matches nothing', inProject(['[waves/**/*.yaml]', '[waves/**/*.yaml, wave/*.yaml]'])],
];

const SYNTAX: readonly Mistake[] = [
  ['a conflict', inWave(['    frequency: 12\n', CONFLICT])],
  ['a conflict in the project file', inProject(['    region: us-west-2\n', CONFLICT])],
  ['a tab', inWave(['    frequency', '\tfrequency'])],
  ['a tab among spaces', inWave(['      os', '    \t  os'])],
  ['tabs on all lines', inWave(...TABS)],
  ['an unclosed quote', inWave(['awsscrum-win1', '"awsscrum-win1'])],
  ['an unclosed quote on the last line', inWave(['awsscrum-win2', '"awsscrum-win2'])],
  ['an unclosed single quote', inWave(['awsscrum-win1', "'awsscrum-win1"])],
  [
    'an unclosed quote before one that is closed',
    inWave(['awsscrum-lnx1', '"awsscrum-lnx1'], ['awsscrum-win2', '"awsscrum-win2"']),
  ],
  ['an unclosed brace', inProject(['{ name: ucop }', '{ name: ucop'])],
  ['an unclosed bracket', inProject(['*.yaml]', '*.yaml'])],
  ['a key one space too far', inWave(['      os', '       os'])],
  ['a key one space short', inWave(['      os', '     os'])],
  ['a first key one space short', inWave(['    frequency', '   frequency'])],
  ['a mapping one space short', inWave(['  vms:', ' vms:'])],
  ['an item one space short', inWave(['    - name: awsscrum-win1', '   - name: awsscrum-win1'])],
  ['a key below the dash', inWave(['      os', '    os'])],
  ['target below spec', inWave(['  target', 'target'])],
  ['a setting of a target one level up', inProject(['    endpoint', '  endpoint'])],
  ['text with settings', inWave(['- name: awsscrum-lnx1', '- awsscrum-lnx1'])],
  ['frequency:12', inWave(['frequency: 12', 'frequency:12'])],
  ['frequency 12', inWave(['frequency: 12', 'frequency 12'])],
  ['-name', inWave(['- name: awsscrum-win1', '-name: awsscrum-win1'])],
  ['a key twice', inWave(['    frequency: 12\n', '    frequency: 12\n    frequency: 24\n'])],
];

const TARGETS = PROJECT.slice(PROJECT.indexOf('targets:'));
const VMS_OF_WAVE = WAVE.slice(WAVE.indexOf('    - name'));
const OTHER_WAVE = WAVE.replace('w1', 'w2').replaceAll('awsscrum', 'other');

const FORMS: readonly Mistake[] = [
  ['a project without targets', inProject([TARGETS, ''])],
  ['targets without a name', inProject(['  local:', '  - name: local'])],
  ['a project of kind: Wave', inProject(['kind: Project', 'kind: Wave'])],
  ['a wave of kind: Project', inWave(['kind: Wave', 'kind: Project'])],
  ['a target twice', inProject([TARGETS, `${TARGETS}${TARGETS.slice('targets:\n'.length)}`])],
  ['waves that are text', inProject(['[waves/**/*.yaml]', 'waves/**/*.yaml'])],
  ['waves that are mappings', inProject(['[waves/**/*.yaml]', '[{ path: waves/**/*.yaml }]'])],
  ['a glob without quotes', inProject(['[waves/**/*.yaml]', '\n  - *.yaml'])],
  ['metadata that is a list', inWave(['  name: w1', '  - name: w1'])],
  ['metadata that is text', inProject(['{ name: ucop }', 'ucop'])],
  ['vms that are a mapping', inWave([VMS_OF_WAVE, '    awsscrum-lnx1: {}\n'])],
  ['vms that are text', inWave([`\n${VMS_OF_WAVE}`, ' awsscrum-lnx1, awsscrum-win1\n'])],
  ['frequency: 12h', inWave(['frequency: 12', 'frequency: 12h'])],
  ["frequency: '12'", inWave(['frequency: 12', "frequency: '12'"])],
  ['frequency: 12,', inWave(['frequency: 12', 'frequency: 12,'])],
  ['target: [local]', inWave(['target: local', 'target: [local]'])],
  ['limits: 10', inWave(['  defaults:', '  limits: 10\n  defaults:'])],
  ['${TARGET}', inWave(['target: local', 'target: ${TARGET}'])],
  ['${HOURS}', inWave(['frequency: 12', 'frequency: ${HOURS}'])],
  ['a tag', inWave(['target: local', 'target: !vault |\n    local'])],
  [
    'a merge key without its anchor',
    inWave(['- name: awsscrum-win1', '- <<: *win\n      name: awsscrum-win1']),
  ],
  ['- id: s-1', inWave(['- name: awsscrum-win1', '- id: s-4e856027'])],
  ['{name:x}', inWave(['- name: awsscrum-win1', '- {name:awsscrum-win1}'])],
];

const CHARACTERS: readonly Mistake[] = [
  ['two documents without ---', { 'waves/one.yaml': `${WAVE}${OTHER_WAVE}` }],
  ['two documents with --', { 'waves/one.yaml': `${WAVE}--\n${OTHER_WAVE}` }],
  ['two documents with ----', { 'waves/one.yaml': `${WAVE}----\n${OTHER_WAVE}` }],
  ['two documents with --- on a line with a key', { 'waves/one.yaml': `${WAVE}---${OTHER_WAVE}` }],
  ['two documents with a space before ---', { 'waves/one.yaml': `${WAVE} ---\n${OTHER_WAVE}` }],
  ['two files with a byte order mark, in one', { 'waves/one.yaml': `\ufeff${WAVE}---\n\ufeff${OTHER_WAVE}` }],
  ['an empty file', { 'waves/two.yaml': '' }],
  [
    'Windows line ends and a tab',
    { 'waves/one.yaml': edit(WAVE, ['    freq', '\tfreq']).replaceAll('\n', '\r\n') },
  ],
  ['a no-break space that indents', inWave(['    frequency', '   \u00a0frequency'])],
  ['a no-break space after a colon', inWave(['frequency: 12', 'frequency:\u00a012'])],
  ['a no-break space after a hyphen', inWave(['- name: awsscrum-win1', '-\u00a0name: awsscrum-win1'])],
  ['a tab after a hyphen', inWave(['- name: awsscrum-win1', '-\tname: awsscrum-win1'])],
  ['a dash', inWave(['- name: awsscrum-win1', '\u2013 name: awsscrum-win1'])],
  ['a full-width colon', inWave(['frequency: 12', 'frequency\uff1a 12'])],
  ['// comment', inWave(['    frequency', '    // twice a day\n    frequency'])],
  ['; comment', inWave(['    frequency', '    ; twice a day\n    frequency'])],
  ['a code fence', { 'waves/one.yaml': `\`\`\`yaml\n${WAVE}\`\`\`\n` }],
  ['frequency = 12', inWave(['frequency: 12', 'frequency = 12'])],
  ['an item after a key', inWave(['    licenseType', '    - licenseType'])],
  ['a key after an item', inWave(['    - name: awsscrum-win2', '    awsscrum-win2:'])],
];

const NAMES: readonly Mistake[] = [
  ['a VM with a bidirectional override', inWave(['awsscrum-win1', 'awsscrum\u202e-win1'])],
  ['a VM with an escape', inWave(['awsscrum-win1', '"awsscrum\\x1b-win1"'])],
  ['a path with a zero-width space', inWave(['os: rhel-7.3', 'path: "/SDSC/\u200bvm"'])],
  ['a wave with a zero-width joiner', inWave(['name: w1', 'name: w\u200d1'])],
  ['a target of a wave with a byte order mark', inWave(['target: local', 'target: "\\ufefflocal"'])],
  ['a project with a soft hyphen', inProject(['ucop', 'uc\u00adop'])],
  ['a target with a control', inProject(['  local:', '  "local\\x85":'], ['defaultTarget: local\n', ''])],
  ['a glob with a mark', inProject(['[waves/**/*.yaml]', '[waves/**/*.yaml, "waves/\\u200e*.yaml"]'])],
];

function indentVms(): (readonly [string, string])[] {
  const lines = ['- name: awsscrum-lnx1', '  os:', '- name: awsscrum-win1', '- name: awsscrum-win2'];
  return lines.map((line) => [`    ${line}`, `      ${line}`] as const);
}

describe.each([
  ['keys', KEYS],
  ['vms', VMS],
  ['waves', WAVES],
  ['names', NAMES],
  ['syntax', SYNTAX],
  ['forms', FORMS],
  ['characters', CHARACTERS],
])('mistakes with %s', (subject, mistakes) => {
  it.each(mistakes)('%s: one message', async (_, files) => {
    const text = await problemsOf(files);
    expect(text).toMatch(/^1 error in 1 file$/m);
    expect(text.match(/^ {2}fix: /gm)).toHaveLength(1);
  });

  it('are explained', async () => {
    const shown: string[] = [];
    for (const [name, files] of mistakes) shown.push(`## ${name}\n\n${await problemsOf(files)}`);
    expectGolden(`validation-${subject}.txt`, shown.join('\n'));
  });
});

/** What `validate` prints about the project with these files in place of its own. */
async function problemsOf(files: Files): Promise<string> {
  let text = '';
  await inFolder(async ({ write, load }) => {
    const all = { 'landfall.yaml': PROJECT, 'waves/one.yaml': WAVE, ...files };
    for (const [file, content] of Object.entries(all)) write(file, content);
    text = renderValidationText(await load(), { colors: pc.createColors(false) });
  });
  return text;
}
