import type { ConcernId } from '../../core/concern-ids.ts';
import { JOB_LIFETIME_DAYS, MAX_DESCRIPTION_LENGTH } from '../../core/limits.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { JobDescription, ServiceDefinition } from '../../core/service.ts';
import type { Instant } from '../../core/time.ts';
import { writeMarker } from './marker.ts';
import type { SmsJob } from './types.ts';
import { DEFAULT_ROLE, type SmsSettings } from './settings.ts';

/** The files of a new project. It can plan against the built-in endpoint at once; a comment shows a real target. */
export const smsTemplate: ServiceDefinition['template'] = {
  project: (name) => `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: landfall/v1
kind: Project
metadata:
  name: ${name} # marks the jobs of this project: choose it once, and keep it
waves: [waves/**/*.yaml]
defaultTarget: local
targets:
  # The built-in endpoint: AWS SMS on this machine, with a data centre of its own. It needs no credentials.
  local:
    provider: sms
    region: us-west-2
    endpoint: local

  # A real target: on MGN, since AWS has switched SMS off. \`landfall convert --to mgn\` rewrites waves for it.
  # Credentials come from the environment or a profile, as in every AWS tool.
  # production:
  #   provider: mgn
  #   region: us-west-2
  #   account: '123456789012' # a run that would end up in another account is refused
  #   assumeRole: arn:aws:iam::123456789012:role/landfall
  #   limits: { activeReplications: 150 } # of the whole account, servers of others included
  #   guards: { maxDeletes: 30%, maxUpdates: 30% } # of the managed servers, in one run
`,
  // These VMs are in the inventory of the built-in endpoint.
  wave: `# yaml-language-server: $schema=../schemas/wave.schema.json
# These VMs are in the inventory of the built-in endpoint. \`landfall catalog list\` shows all of them.
apiVersion: landfall/v1
kind: Wave
metadata:
  name: wave-01
spec:
  # target: production # left out: the project's defaultTarget
  defaults: # job settings of every VM; a VM may override each of them
    frequency: 12 # hours, 1 to 24; or runOnce: true
    licenseType: Auto # Auto, AWS or BYOL
  vms:
    - name: awsscrum-lnx1
      path: /Datacenters/SDSC/vm/awsscrum-lnx1 # needed only where the name is ambiguous
      os: rhel-7.3 # lets landfall check licence and support before AWS does
    - name: awsscrum-win1
      os: windows-server-2016
      frequency: 24
`,
};

/**
 * Writes a job's settings so that a plan finds nothing to change. Leaves out defaults, what the service changes itself,
 * and what only matters when a job is created.
 * @param now the service's time
 */
export function describeSmsJob(
  job: SmsJob,
  { project, now }: { readonly project: string; readonly now: Instant },
): JobDescription {
  const settings: { -readonly [Name in keyof SmsSettings]: SmsSettings[Name] } = {};
  const comments: string[] = [];
  const { frequency, runOnce, licenseType, roleName, description, kmsKeyId } = job.settings;
  const { numberOfRecentAmisToKeep: amis, encrypted, seedReplicationTime: seed } = job.settings;

  if (runOnce === true) settings.runOnce = true;
  else if (frequency !== undefined && isIntegerBetween(frequency, 1, 24)) settings.frequency = frequency;
  else return { reason: `has a frequency of ${frequency ?? 'none'}, which a manifest cannot express` };

  if (licenseType === 'AWS' || licenseType === 'BYOL') settings.licenseType = licenseType;
  if (roleName !== undefined && roleName !== DEFAULT_ROLE) {
    if (!/^[\w+=,.@-]{1,64}$/.test(roleName))
      return { reason: 'has a role name that a manifest cannot express' };
    settings.roleName = roleName;
  }
  if (amis !== undefined && amis !== 0) {
    if (!isIntegerBetween(amis, 1, 270))
      return { reason: `keeps ${amis} AMIs, which a manifest cannot express` };
    settings.numberOfRecentAmisToKeep = amis;
  }
  if (encrypted === true) {
    settings.encrypted = true;
    const key = kmsKeyId ?? '';
    if (key.length > 2048) return { reason: 'has a KMS key that a manifest cannot express' };
    if (key !== '') settings.kmsKeyId = key;
  }
  if (description !== undefined && description !== '') {
    // A description that is left out is not compared.
    if (isAllowedDescription(description, project)) settings.description = description;
    else comments.push(`description: ${description}`);
  }
  if (seed !== undefined && Date.parse(seed) > now) settings.seedReplicationTime = seed;
  return { settings, comments, concerns: stateConcerns(job) };
}

function isIntegerBetween(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function isAllowedDescription(text: string, project: string): boolean {
  // The longest name that a wave may have: the marker must fit after the description.
  const room = MAX_DESCRIPTION_LENGTH - ` ${writeMarker({ project, wave: 'x'.repeat(63) })}`.length;
  return text.length <= room && !/\[landfall:/i.test(text) && !/\p{Cs}/u.test(text);
}

type Concerns = readonly { readonly id: ConcernId; readonly message: string }[];

const STATE_CONCERNS: Readonly<Partial<Record<ObservedJob['state'], readonly [ConcernId, string]>>> = {
  paused: ['job.paused', 'is paused after failures: the service deletes it within four days'],
  failing: ['job.failed', 'is failing'],
  failed: ['job.failed', 'has failed'],
};

function stateConcerns({ id, state, statusMessage, settings }: SmsJob): Concerns {
  const ended = state === 'completed' && settings.runOnce !== true;
  const found: readonly [ConcernId, string] | undefined = ended
    ? ['job.ended', `reached the ${JOB_LIFETIME_DAYS}-day limit; replication has stopped`]
    : STATE_CONCERNS[state];
  if (found === undefined) return [];
  const [concern, words] = found;
  const why = statusMessage === undefined ? '' : `: ${statusMessage}`;
  return [{ id: concern, message: `job ${id} ${words}${why}` }];
}
