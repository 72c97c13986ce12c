import type { NewFile } from '../files.ts';
import { shippedPolicies } from '../shipped-files.ts';

/** What a new project may have besides, in the order of the help. */
export const EXTRAS = ['windows', 'policies', 'report'] as const;
export type Extra = (typeof EXTRAS)[number];

/** A section of the project file: its key, and its text with a line end. */
export interface Section {
  readonly key: Exclude<Extra, 'report'>;
  readonly text: string;
}

/** Returns the sections that the user has asked for, in the order of the file. */
export function wantedSections(extras: readonly Extra[]): readonly Section[] {
  return SECTIONS().filter(({ key }) => extras.includes(key));
}

/** Returns the sections that a project file does not have: their keys are at no line's begin. */
export function missingSections(sections: readonly Section[], projectFile: string): readonly Section[] {
  return sections.filter(({ key }) => !new RegExp(`^["']?${key}["']?\\s*:`, 'm').test(projectFile));
}

const SECTIONS = (): readonly Section[] => [
  {
    key: 'windows',
    text: `# When steps to a phase may be taken. They hold for all waves that name no others; replications go on at any time.
windows:
  - name: weekends # cut-overs wait until it opens
    schedule: '0 22 * * 6' # minute, hour, day of the month, month, day of the week
    duration: 6h
    timeZone: America/Los_Angeles
    phases: [cutover]
  - name: year-end-freeze # wins over every window that allows
    kind: deny
    schedule: '0 0 18 12 *'
    duration: 16d
    timeZone: America/Los_Angeles
    reason: change freeze
`,
  },
  {
    key: 'policies',
    text: `# Rules of your own that every plan must meet, written in CEL. What does not meet one is blocked. Their tests are in policies/.
${shippedPolicies()}`,
  },
];

/** A page for people who open the repository, with the commands of every day and the one that makes the report. */
export function readmeWithReport(project: string): NewFile {
  return {
    path: 'README.md',
    text: `# ${project}

Migration waves for landfall: \`landfall.yaml\` has the targets, and \`waves/\` the VMs.

\`\`\`sh
landfall validate                  # check the files
landfall plan                      # show what an apply would do
landfall apply                     # apply it
landfall report --out report.html  # the state of all waves on one page for a browser
\`\`\`

The report contains names of VMs: share it as you would share the wave files.
`,
  };
}
