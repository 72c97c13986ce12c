import { renderDriftMarkdown } from '../drift/markdown.ts';
import { renderPlanMarkdown } from '../plan/markdown.ts';
import { renderFailureMarkdown, renderValidationMarkdown } from '../validation/markdown.ts';
import type { OutputFormat } from './format.ts';

/** A comment for a pull or merge request. */
export const markdownFormat: OutputFormat = {
  reportsInvalidManifests: true,
  showsFreshness: true,
  plan: async ({ plan, freshness, source }, { maxBytes }) =>
    renderPlanMarkdown(plan, { ...(await source()), ...(freshness && { freshness }) }, maxBytes),
  validation: async ({ validation, command, source }, { maxBytes }) =>
    renderValidationMarkdown(validation, await source(), command, maxBytes),
  drift: (report, origin, { maxBytes }) => renderDriftMarkdown(report, origin, maxBytes),
  failure: (error, source, { maxBytes }) => renderFailureMarkdown(error, source, maxBytes),
};
