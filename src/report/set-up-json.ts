import type { Concern } from '../core/concern.ts';
import type { SetUpStep } from '../core/provider.ts';
import { formatJson } from './json.ts';
import { toConcern } from './plan-json.ts';

/** What has become of an account that was set up, as JSON; format version 1.0, minor versions only add. */
export function renderSetUpJson(
  target: string,
  steps: readonly SetUpStep[],
  lacks: readonly Concern[],
): string {
  return formatJson({
    format_version: '1.0',
    target,
    steps: steps.map(({ what, done }) => ({ what, done: done.replaceAll(' ', '_') })),
    concerns: lacks.map(toConcern),
  });
}
