import { DRIFT_KINDS, type DriftReport, type ManifestDrift } from '../core/drift.ts';
import { formatInstant } from '../core/time.ts';
import type { DriftOrigin } from './drift-report-text.ts';
import { formatJson } from './json.ts';
import { toConcern } from './plan-json.ts';

/** Drift as JSON, format version 1.0; minor versions only add. `revision` is null for the manifests on disk. */
export function renderDriftJson(report: DriftReport, origin: DriftOrigin | undefined): string {
  const { at, targets, drift, matching, concerns } = report;
  const counts: Record<string, number> = {};
  for (const kind of DRIFT_KINDS) {
    counts[kind.replace('-', '_')] = drift.filter((one) => one.kind === kind).length;
  }
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    revision: origin === undefined ? null : { name: origin.revision, commit: origin.commit },
    has_drift: drift.length > 0,
    targets: targets.map(({ name, provider, account, region, endpoint }) => ({
      name,
      provider,
      account,
      region,
      endpoint,
    })),
    drift: drift.map(toDrift),
    concerns: concerns.map(toConcern),
    summary: { ...counts, matching },
  });
}

/** Null where a side says nothing of a field. */
function toDrift({ kind, address, target, wave, job, fields, message, place }: ManifestDrift): object {
  return {
    kind,
    address,
    target,
    wave,
    job_id: job,
    fields: fields.map(({ field, git = null, account = null }) => ({ field, git, account })),
    message,
    ...place,
  };
}
