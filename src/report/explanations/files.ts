import type { ConcernId } from '../../core/concern-ids.ts';
import { type Explanation, PROJECT_REFERENCE, UNTRUSTED, YAML_SPEC } from './explanation.ts';

/** Concerns about files and their text, before anything of them is understood. */
export const FILE_CONCERNS = {
  'file.none': {
    means: 'A path under `waves` of the project file fits no file, or there are no wave files at all.',
    why: 'A folder that was renamed, or a glob with a typing mistake, looks just like a project without VMs. Jobs of waves that cannot be found would be planned for deletion.',
    fix: [
      'Compare the path with where the files are: it is relative to the project file, and `*` does not cross folders, `**` does.',
      'If there are no waves yet, add one.',
    ],
    source: PROJECT_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'waves: [wave/*.yml]',
      right: 'waves: [waves/**/*.yaml]',
    },
  },
  'file.unreadable': {
    means:
      'A file or folder that the project names is there, but the operating system does not let landfall read it.',
    why: 'Part of the waves is unknown. A plan made without it would delete their jobs, so none is made.',
    fix: [
      'Look at the permissions of the file and of the folders above it.',
      'If it is a device, a socket or a folder with the name of a file, take it out of the globs under `waves`.',
    ],
    source: 'the operating system; its own words are in the message',
    example: { language: 'sh', right: 'ls -l waves/\nchmod u+r waves/sdsc-01.yaml' },
  },
  'file.outside-project': {
    means: 'A glob, or a symbolic link that it met, leads to a file outside the folder of the project file.',
    why: 'Only what is in the repository has been reviewed. A link to somewhere else could also make landfall print files of the machine that it runs on.',
    fix: [
      'Move or copy the file into the project.',
      'Write paths under `waves` without `..` and without a leading `/`.',
      'If the waves belong above the project file, move the project file up.',
    ],
    source: UNTRUSTED,
    example: { language: 'yaml', wrong: 'waves: [../shared/*.yaml]', right: 'waves: [waves/*.yaml]' },
  },
  'file.too-large': {
    means:
      'A file is over 10 MiB (about 40,000 VMs), or holds more documents, words and signs than a manifest can need, or links lead the globs through hundreds of folders.',
    why: 'Reading without bounds would let one file in a pull request stop the pipeline for everyone.',
    fix: [
      'Split the waves over several files: one wave a file is easiest to review.',
      'If it is no manifest, take it out with a glob that begins with `!`.',
    ],
    source: UNTRUSTED,
    example: { language: 'yaml', right: "waves: [waves/**/*.yaml, '!waves/exports/**']" },
  },
  'file.not-utf8': {
    means:
      'A file holds bytes that are not UTF-8, often from an editor set to Latin-1 or a spreadsheet that saves as UTF-16.',
    why: 'Names of VMs would be read wrong, and then not found in the catalogue, or found as another.',
    fix: ['Save the file as UTF-8. The place in the message is the first character that is not.'],
    source: YAML_SPEC,
    example: { language: 'sh', right: 'iconv -f latin1 -t utf-8 old.yaml > waves/sdsc-01.yaml' },
  },
  'file.empty': {
    means: 'A file that the globs fit is empty, or holds nothing but comments.',
    why: 'A file that was cut short looks like this, and then the jobs of its wave would be planned for deletion.',
    fix: ['Restore the file from git.', 'If the wave is done with, delete the file.'],
    source: 'a rule of landfall: a wave ends by an edit that says so, never by an accident',
    example: { language: 'sh', right: 'git log --oneline -- waves/sdsc-01.yaml' },
  },
  'yaml.syntax': {
    means: 'The file is not well-formed YAML, so nothing in it can be relied on.',
    why: 'Where YAML breaks, what follows may mean something else than it looks like: no plan is made from it.',
    fix: [
      'Look at the place in the message and at the line above it: a colon, a quote, a bracket or an indentation is missing or too many.',
      'Put text in quotes where it holds `: ` or ` #`, or begins with one of `* & ! % @ { [`.',
    ],
    source: YAML_SPEC,
    example: {
      language: 'yaml',
      wrong: 'description: Payroll: moved first',
      right: "description: 'Payroll: moved first'",
    },
  },
  'yaml.tab': {
    means: 'A line is indented with a tab.',
    why: 'YAML forbids it, because nobody can tell how wide a tab is.',
    fix: ['Indent with spaces. Two a level is what landfall’s own examples have.'],
    source: 'YAML 1.2.2, section 6.1, https://yaml.org/spec/1.2.2/#61-indentation-spaces',
    example: { language: 'sh', right: 'expand -t 2 waves/sdsc-01.yaml > tidy.yaml' },
  },
  'yaml.duplicate-key': {
    means: 'The same key stands twice in one mapping.',
    why: 'Many readers take the last silently. A setting that a reviewer saw would then not be the one that holds.',
    fix: ['Keep the one that is meant and remove the other; often a merge left both.'],
    source: 'YAML 1.2.2, section 3.2.1.3: keys of a mapping are unique',
    example: {
      language: 'yaml',
      wrong: 'defaults:\n  frequency: 12\n  frequency: 24',
      right: 'defaults:\n  frequency: 24',
    },
  },
  'yaml.alias': {
    means:
      'An alias (`*name`) has no anchor (`&name`) above it, or the aliases of a document stand for more than 100,000 values.',
    why: 'Without its anchor the value is unknown. Nested aliases can make a small file unfold to billions of values.',
    fix: [
      'Define the anchor above its first alias, in the same document.',
      'For settings that many VMs share, use `defaults` of the wave instead.',
    ],
    source: `${YAML_SPEC}; the bound is ${UNTRUSTED}`,
    example: {
      language: 'yaml',
      wrong: 'vms:\n  - { name: web-01, os: *linux }',
      right: 'vms:\n  - { name: web-01, os: &linux rhel-7.3 }\n  - { name: web-02, os: *linux }',
    },
  },
  'yaml.too-deep': {
    means: 'The document is nested more than 64 levels deep.',
    why: 'A manifest needs eight at most. Deeper ones are an accident, or made to exhaust whoever reads them.',
    fix: ['Look for a bracket or brace that is never closed, or for generated text that went wrong.'],
    source: UNTRUSTED,
    example: { language: 'sh', right: 'landfall schema wave' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;
