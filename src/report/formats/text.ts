import { renderDriftText } from '../drift/drift.ts';
import { renderSavedPlanText } from '../plan/saved.ts';
import { renderPlanText } from '../plan/text.ts';
import { renderValidationText } from '../validation/validation.ts';
import type { OutputFormat } from './format.ts';

/** For a terminal. */
export const textFormat: OutputFormat = {
  reportsInvalidManifests: false,
  showsFreshness: true,
  plan: ({ plan, freshness }, options) =>
    freshness === undefined ? renderPlanText(plan, options) : renderSavedPlanText(plan, freshness, options),
  validation: ({ validation }, options) => renderValidationText(validation, options),
  drift: renderDriftText,
};
