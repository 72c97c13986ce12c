import type { Concern } from '../core/concern.ts';
import { cutExcerpt } from './excerpt.ts';
import { formatJson } from './json.ts';
import { countConcerns, type Validation } from './validation.ts';

/** A validation for programs to read. Minor versions of the format only add fields. */
export function renderValidationJson({ concerns }: Validation): string {
  const { errors, warnings } = countConcerns(concerns);
  return formatJson({
    format_version: '1.0',
    valid: errors === 0,
    error_count: errors,
    warning_count: warnings,
    diagnostics: concerns.map(diagnostic),
  });
}

/** Fields a concern does not have are left out. `highlight_start` and `highlight_end` are offsets in `code`. */
function diagnostic({ id, severity, message, remedy, address, target, place, excerpt }: Concern): object {
  const snippet = place && excerpt && cutExcerpt(place, excerpt);
  return {
    id,
    severity,
    message,
    remedy,
    address,
    target,
    ...place,
    snippet: snippet && { code: snippet.code, highlight_start: snippet.start, highlight_end: snippet.end },
  };
}
