import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProviderName } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { isManifestName } from '../../core/names.ts';
import { slugOf } from '../../inventory/names.ts';
import { serviceOf } from '../../providers/registry.ts';
import { isFolder, type NewFile, writeUnlessPresent } from '../files.ts';
import { PROJECT_FILE_NAMES, projectAround } from '../project-files.ts';
import { type Pipeline, pipelineFiles, policyTestFiles, schemaText } from '../shipped-files.ts';
import { type Extra, missingSections, readmeWithReport, type Section, wantedSections } from './extras.ts';

/** What the user decides about a new project. */
export interface ProjectOptions {
  readonly name: string;
  readonly provider: ProviderName;
  readonly pipeline: Pipeline;
  readonly extras: readonly Extra[];
}

/** The result of creating a project. */
export interface CreatedProject {
  /** Each file: written, exists with the same text, or kept with another text. */
  readonly files: readonly { readonly path: string; readonly what: 'written' | 'same' | 'kept' }[];
  /** False where the folder had a project file: then no wave is added, since an apply would create its jobs. */
  readonly isNew: boolean;
  /** Sections that were asked for and that the project file, which was there, does not have. */
  readonly missing: readonly Section[];
  /** The project file of a project that the new one lies in. */
  readonly enclosing?: string;
  /** The top of the repository, where the platform looks for pipelines; absent: the folder is the top, or in no repository. */
  readonly top?: string;
  /** The account needs a set-up before the first apply. */
  readonly needsSetUp: boolean;
}

/**
 * Writes a project that can be planned at once. Overwrites nothing.
 * @param folder absolute
 * @param shown the folder as the user has named it
 * @throws LandfallError FILE_UNWRITABLE or USAGE
 */
export async function createProject(
  workspace: Workspace,
  folder: string,
  shown: string,
  { name, provider, pipeline, extras }: ProjectOptions,
): Promise<CreatedProject> {
  requireFolder(folder, shown);
  requireProjectName(name);
  const projectFile = PROJECT_FILE_NAMES.map((file) => join(folder, file)).find((file) => existsSync(file));
  const isNew = projectFile === undefined;
  const { template, target } = serviceOf(provider);
  const sections = wantedSections(extras);
  // The tests of policies that the project file does not have would fail.
  const hasReport = extras.includes('report');
  const hasPolicies = isNew && extras.includes('policies');
  const project = [template.project(name), ...sections.map(({ text }) => text)].join('\n');
  const wanted: NewFile[] = [
    ...(isNew ? [{ path: 'landfall.yaml', text: project }] : []),
    ...(isNew && !hasWaves(folder) ? [{ path: 'waves/wave-01.yaml', text: template.wave }] : []),
    ...(hasPolicies ? policyTestFiles() : []),
    ...['project', 'wave', ...(hasPolicies ? ['policy-test'] : [])].map((each) => ({
      path: `schemas/${each}.schema.json`,
      text: schemaText(each),
    })),
    ...EDITOR_FILES,
    ...pipelineFiles(pipeline, hasReport),
    ...(isNew && hasReport && pipeline === 'none' ? [readmeWithReport(name)] : []),
  ];
  const files = [];
  for (const file of wanted)
    files.push({ path: file.path, what: await writeUnlessPresent(workspace, folder, file) });
  const enclosing = isNew ? projectAround(dirname(folder)) : undefined;
  const needsSetUp = isNew && target.setup !== undefined;
  const top = pipeline === 'none' ? undefined : repositoryTopAbove(folder);
  return {
    files,
    isNew,
    missing: isNew ? [] : missingSections(sections, textOf(projectFile)),
    needsSetUp,
    ...(enclosing !== undefined && { enclosing }),
    ...(top !== undefined && { top }),
  };
}

/**
 * Checks that a path is a folder or does not exist.
 * @throws LandfallError FILE_UNWRITABLE
 */
function requireFolder(folder: string, shown: string): void {
  if (!existsSync(folder) || isFolder(folder)) return;
  throw new LandfallError('FILE_UNWRITABLE', `${JSON.stringify(shown)} is not a folder`, {
    remedy: 'give a folder, or a path that does not exist yet',
  });
}

/** Returns the text of a project file that is there; empty if it cannot be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Returns the top of the repository that a folder lies in; undefined: it is the top itself, or in none. */
function repositoryTopAbove(folder: string): string | undefined {
  let top = folder;
  while (!existsSync(join(top, '.git'))) {
    if (top === dirname(top)) return undefined;
    top = dirname(top);
  }
  return top === folder ? undefined : top;
}

/** Tells whether the folder has wave files: then no example wave is added. */
function hasWaves(folder: string): boolean {
  try {
    return readdirSync(join(folder, 'waves'), { recursive: true }).some((file) =>
      String(file).endsWith('.yaml'),
    );
  } catch {
    return false;
  }
}

/** Makes the name of a project from its folder. */
export function projectNameFrom(folder: string): string {
  return slugOf(basename(folder)) || 'datacenter';
}

/**
 * Checks a name against the rule of the project's schema.
 * @throws LandfallError USAGE
 */
function requireProjectName(name: string): void {
  if (isManifestName(name)) return;
  throw new LandfallError('USAGE', `${JSON.stringify(name)} is not a valid name of a project`, {
    remedy: `use lower-case letters, digits and hyphens, with a letter or digit at both ends, such as ${projectNameFrom(name)}`,
  });
}

/** Files for the editor and for git. */
const EDITOR_FILES: readonly NewFile[] = [
  {
    path: '.vscode/settings.json',
    text: `{
  "yaml.schemas": {
    "./schemas/project.schema.json": ["landfall.yaml"],
    "./schemas/wave.schema.json": ["waves/**/*.yaml"]
  }
}
`,
  },
  { path: '.vscode/extensions.json', text: '{\n  "recommendations": ["redhat.vscode-yaml"]\n}\n' },
  {
    path: '.gitignore',
    text: `# Jobs and clock of the built-in endpoint
.landfall/
# Saved plans and reports: they list what a data centre contains
*.plan
report.html
`,
  },
];
