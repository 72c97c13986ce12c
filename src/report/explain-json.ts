import type { Entry } from './explanations/index.ts';
import { formatJson } from './json.ts';

/** One explanation as JSON; format version 1.0, minor versions only add. */
export function renderExplanationJson(entry: Entry): string {
  return formatJson({ format_version: '1.0', ...toJson(entry) });
}

/** All explanations as JSON. */
export function renderExplanationListJson(entries: readonly Entry[]): string {
  return formatJson({ format_version: '1.0', explanations: entries.map(toJson) });
}

function toJson({ id, kind, severity, summary, means, why, fix, source, example }: Entry): object {
  return { id, kind, severity, summary, means, why, fix, source, example };
}
