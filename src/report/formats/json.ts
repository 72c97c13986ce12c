import { renderDriftJson } from '../drift/drift.ts';
import { renderPlanJson } from '../plan/json.ts';
import { renderValidationJson } from '../validation/validation.ts';
import type { OutputFormat } from './format.ts';

/** JSON of the schemas in schemas/. */
export const jsonFormat: OutputFormat = {
  reportsInvalidManifests: false,
  showsFreshness: true,
  plan: ({ plan, freshness }) => renderPlanJson(plan, freshness),
  validation: ({ validation }) => renderValidationJson(validation),
  drift: renderDriftJson,
};
