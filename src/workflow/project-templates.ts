import type { ProviderName } from '../core/desired.ts';
import { serviceOf } from '../providers/registry.ts';

/** A file that a project begins with. */
export interface TemplateFile {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export const PROJECT_FILE = 'landfall.yaml';
const WAVE_FILE = 'waves/wave-01.yaml';

/** The files of a new project of that name, whose first target is of a service. */
export function projectFiles(name: string, provider: ProviderName): readonly TemplateFile[] {
  const { template } = serviceOf(provider);
  return [
    { path: PROJECT_FILE, text: template.project(name) },
    { path: WAVE_FILE, text: template.wave },
  ];
}

/** What an editor and git need to know. */
export const EDITOR_FILES: readonly TemplateFile[] = [
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
# Saved plans: they say what a data centre holds
*.plan
`,
  },
];
