import { concernBlocks, renderHtmlPage, renderPlanHtml } from '../plan/html.ts';
import { escapeMarkup, escapeTerminal } from '../text/escape.ts';
import { countConcerns } from '../validation/validation.ts';
import { pluralize } from '../text/words.ts';
import type { OutputFormat } from './format.ts';

/** A page of its own, for an artifact or a mail. */
export const htmlFormat: OutputFormat = {
  reportsInvalidManifests: true,
  showsFreshness: true,
  plan: async ({ plan, freshness, source }) =>
    renderPlanHtml(plan, { ...(await source()), ...(freshness && { freshness }) }),
  async validation({ validation: { concerns }, source }) {
    const { project, projectFile, commit } = await source();
    const { errors, warnings } = countConcerns(concerns);
    const of = commit === undefined ? '' : ` Commit ${escapeMarkup(escapeTerminal(commit))}.`;
    return renderHtmlPage(`Manifests of ${project ?? projectFile}`, [
      `<p class="headline">${pluralize(errors, 'error')}, ${pluralize(warnings, 'warning')}.${of}</p>`,
      ...concernBlocks(concerns),
    ]);
  },
  failure: ({ code, message, remedy }, { project, projectFile }) =>
    renderHtmlPage(`No plan for ${project ?? projectFile}`, [
      `<p class="bad"><strong>${code}</strong>: ${escapeMarkup(escapeTerminal(message))}</p>`,
      ...(remedy === undefined ? [] : [`<p>Fix: ${escapeMarkup(escapeTerminal(remedy))}</p>`]),
    ]),
};
