import type { OutputFormat } from './formats/format.ts';

interface RegisteredFormat {
  /** Whether `landfall drift` has it too; plan, show and validate have every format. */
  readonly drift: boolean;
  readonly load: () => Promise<OutputFormat>;
}

/** The output formats of plan, show, validate and drift: one line and one file each. The first is the default. */
const FORMATS = {
  text: { drift: true, load: async () => (await import('./formats/text.ts')).textFormat },
  json: { drift: true, load: async () => (await import('./formats/json.ts')).jsonFormat },
  html: { drift: false, load: async () => (await import('./formats/html.ts')).htmlFormat },
  markdown: { drift: true, load: async () => (await import('./formats/markdown.ts')).markdownFormat },
  github: { drift: false, load: async () => (await import('./formats/github.ts')).githubFormat },
  gitlab: { drift: false, load: async () => (await import('./formats/gitlab.ts')).gitlabFormat },
  junit: { drift: false, load: async () => (await import('./formats/junit.ts')).junitFormat },
  sarif: { drift: false, load: async () => (await import('./formats/sarif.ts')).sarifFormat },
} as const satisfies Record<string, RegisteredFormat>;

export type FormatName = keyof typeof FORMATS;

type FormatNames = readonly [FormatName, ...FormatName[]];

/** The choices of `--format` for plan, show and validate. */
export const FORMAT_NAMES = Object.keys(FORMATS) as unknown as FormatNames;

/** The choices of `--format` for drift. */
export const DRIFT_FORMAT_NAMES = FORMAT_NAMES.filter(
  (name) => FORMATS[name].drift,
) as unknown as FormatNames;

/** Loads the renderers of one format. */
export function loadFormat(name: FormatName): Promise<OutputFormat> {
  return FORMATS[name].load();
}

/** The formats of commands that list VMs or waves: a renderer of the command each. The first is the default. */
export const LISTING_FORMATS = ['text', 'json', 'csv', 'markdown'] as const;
export type ListingFormat = (typeof LISTING_FORMATS)[number];

/** Those of `landfall status`. */
export const STATUS_FORMATS = [...LISTING_FORMATS, 'prometheus'] as const;
export type StatusFormat = (typeof STATUS_FORMATS)[number];

/** The formats of a runbook: a renderer each. The first is the default. */
export const RUNBOOK_FORMATS = ['markdown', 'html', 'json'] as const;
export type RunbookFormat = (typeof RUNBOOK_FORMATS)[number];

/** The formats of a list of targets: a renderer each. The first is the default. */
export const TARGETS_FORMATS = ['text', 'json', 'github', 'gitlab'] as const;
export type TargetsFormat = (typeof TARGETS_FORMATS)[number];

/** The formats of tests of policies: a renderer each. The first is the default. */
export const POLICY_TEST_FORMATS = ['text', 'json', 'junit'] as const;
export type PolicyTestFormat = (typeof POLICY_TEST_FORMATS)[number];
