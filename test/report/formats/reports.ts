import type { Concern } from '../../../src/core/concern.ts';
import { toAddress } from '../../../src/core/names.ts';
import type { Plan } from '../../../src/core/plan.ts';
import { toFindings } from '../../../src/report/formats/finding.ts';
import type { FindingReport } from '../../../src/report/formats/findings.ts';
import { renderGithubFindings } from '../../../src/report/formats/github.ts';
import { renderGitlabFindings } from '../../../src/report/formats/gitlab.ts';
import { renderJunitFindings } from '../../../src/report/formats/junit.ts';
import { renderSarifFindings } from '../../../src/report/formats/sarif.ts';

// What a validation and a plan found, as pipelines take it.

const same = (file: string): string => file;

export function reportOf(concerns: readonly Concern[], files = ['landfall.yaml']): FindingReport {
  return {
    command: 'validate',
    version: '1.2.3',
    projectFile: 'landfall.yaml',
    files,
    findings: toFindings(concerns, 'landfall.yaml', same),
  };
}

export function planReport(plan: Plan): FindingReport {
  return { ...reportOf(plan.concerns, []), command: 'plan', changes: plan.changes };
}

const place = { file: 'waves/sdsc-01.yaml', line: 9, column: 7 };

/** One mistake in the defaults of a wave, about each of its VMs, and others. */
export const TROUBLES: readonly Concern[] = [
  { id: 'project.missing', severity: 'error', message: 'there is no project here' },
  {
    id: 'schema.unknown-key',
    severity: 'error',
    message: 'unknown key licenceType',
    remedy: 'did you mean licenseType?',
    place,
    excerpt: { text: '      licenceType: BYOL', length: 11 },
  },
  {
    id: 'schedule.seed-far',
    severity: 'warning',
    message: 'the seed replication is 89 days ahead',
    remedy: 'choose an earlier time',
    address: toAddress('sdsc-01/web'),
    place: { file: 'waves/50% of a, b: ä.yaml', line: 12, column: 92 },
  },
  ...['a', 'b', 'c', 'd', 'e'].map((name): Concern => ({
    id: 'encryption.key-unused',
    severity: 'critical',
    message: 'kmsKeyId is set, but encrypted is not true',
    remedy: 'add encrypted: true',
    address: toAddress(`sdsc-01/${name}`),
    place: { ...place, line: 110, column: 15 },
    excerpt: { text: '    kmsKeyId: alias/migration', length: 15 },
  })),
];

export const FILES = ['landfall.yaml', 'waves/sdsc-01.yaml', 'waves/clean.yaml'];

const RENDERERS = {
  github: renderGithubFindings,
  gitlab: renderGitlabFindings,
  junit: renderJunitFindings,
  sarif: renderSarifFindings,
};

export const FINDING_FORMATS = ['github', 'gitlab', 'junit', 'sarif'] as const;

export function renderFindings(format: (typeof FINDING_FORMATS)[number], report: FindingReport): string {
  return RENDERERS[format](report);
}
