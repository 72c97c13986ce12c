import type { Entry } from './explanations/index.ts';

/** One explanation as Markdown, under a heading of level `level`. Ends in a newline. */
export function renderExplanationMarkdown(entry: Entry, level = 2): string {
  const { id, severity, means, why, fix, source, example } = entry;
  const fence = (heading: string, code: string) => [
    heading,
    '',
    `\`\`\`${example.language}`,
    code,
    '```',
    '',
  ];
  return [
    `${'#'.repeat(level)} ${id}`,
    '',
    `**${severity}**: ${means}`,
    '',
    `**Why it matters.** ${why}`,
    '',
    '**What to do.**',
    '',
    ...fix.map((step) => `- ${step}`),
    '',
    ...(example.wrong === undefined ? [] : fence('Wrong:', example.wrong)),
    ...fence(example.wrong === undefined ? 'For example:' : 'Right:', example.right),
    `Source: ${source}`,
    '',
  ].join('\n');
}

/** All explanations as one Markdown page, with a table of ids on top. */
export function renderExplanationPage(entries: readonly Entry[]): string {
  const part = (kind: Entry['kind'], heading: string, words: string) => {
    const some = entries.filter((entry) => entry.kind === kind);
    if (some.length === 0) return [];
    return [
      `## ${heading}`,
      '',
      words,
      '',
      '| id | severity | in one line |',
      '| --- | --- | --- |',
      ...some.map(
        ({ id, severity, summary }) => `| [\`${id}\`](#${anchor(id)}) | ${severity} | ${cell(summary)} |`,
      ),
      '',
      ...some.map((entry) => renderExplanationMarkdown(entry, 3)),
    ];
  };
  return [
    '# Concerns and errors',
    '',
    'What each of them means, why it matters and what to do. On the terminal: `landfall explain ID`.',
    '',
    ...part(
      'concern',
      'Concerns',
      'What validation and plans find. An **error** means that manifests cannot be understood: there is no plan. A **critical** concern blocks its VM, or the whole run where it says so (exit 3). A **warning** blocks nothing.',
    ),
    ...part('error', 'Errors', 'What ends a run. The exit code is 1, unless it says otherwise here.'),
  ].join('\n');
}

/** The anchor that GitHub and GitLab give a heading. */
function anchor(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9_-]/g, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
