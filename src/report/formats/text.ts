import { renderValidationText } from '../validation/validation.ts';
import type { OutputFormat } from './format.ts';

/** For a terminal. What renders plans and drift is loaded for those: `validate` has neither. */
export const textFormat: OutputFormat = {
  reportsInvalidManifests: false,
  showsFreshness: true,
  async plan({ plan, freshness }, options) {
    if (freshness === undefined) return (await import('../plan/text.ts')).renderPlanText(plan, options);
    return (await import('../plan/saved.ts')).renderSavedPlanText(plan, freshness, options);
  },
  validation: ({ validation }, options) => renderValidationText(validation, options),
  async drift(report, origin, options) {
    return (await import('../drift/drift.ts')).renderDriftText(report, origin, options);
  },
};
