import { renderDriftJson } from '../drift/drift.ts';
import { renderPlanJson } from '../plan/json.ts';
import { renderValidationJson } from '../validation/validation.ts';
import type { OutputFormat } from './format.ts';

/** JSON of the schemas in schemas/. */
export const jsonFormat: OutputFormat = {
  reportsInvalidManifests: false,
  showsFreshness: true,
  async plan({ plan, freshness, source }, { version }) {
    // A saved plan says itself what it was made with.
    if (plan.origin !== undefined || freshness !== undefined) return renderPlanJson(plan, freshness);
    const { commit } = await source();
    return renderPlanJson({ ...plan, origin: { ...(commit !== undefined && { commit }), version } });
  },
  validation: ({ validation }) => renderValidationJson(validation),
  drift: renderDriftJson,
};
