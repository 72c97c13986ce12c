import type { Capacity } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { alignRows } from './table.ts';

/** How full each cap is and what the run does to it, one line a cap. */
export function capacityLines(capacity: readonly Capacity[]): readonly string[] {
  if (capacity.length === 0) return [];
  const rows = capacity.map(({ target, wave, of, limit, active, freed, starting, deferred }) => [
    escapeTerminal(wave === undefined ? target : `  wave ${wave}`),
    [
      `${active} of ${limit} ${of === undefined ? 'active' : of === 'jobs' ? 'jobs of the service' : 'servers in jobs'}`,
      ...(freed > 0 ? [`${freed} freed`] : []),
      ...(starting > 0 ? [`${starting} starting`] : []),
      ...(deferred > 0 ? [`${deferred} deferred`] : []),
    ].join(', '),
  ]);
  return ['Capacity', ...alignRows(rows).map((line) => `  ${line}`)];
}
