import type { Settings } from '../../core/desired.ts';
import { MAX_DESCRIPTION_LENGTH } from '../../core/limits.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { JobDescription, ServiceDefinition } from '../../core/service.ts';
import { isApplicationName } from '../../core/names.ts';
import { quote } from '../../core/text.ts';
import { LAUNCH, TEMPLATE, TEMPLATE_DISKS, TEMPLATE_TAGS, templateDisks } from './configurations.ts';
import { POST_LAUNCH } from './launch/post-launch.ts';
import { SERVICE_TAG } from './launch/template-rules.ts';
import { MANAGE_WAVE, WAVE_NAME } from './settings.ts';

/** The files of a new project: it plans against the built-in endpoint at once, and shows how a real target is written. */
export const mgnTemplate: ServiceDefinition['template'] = {
  project: (name) => `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: landfall/v1
kind: Project
metadata:
  name: ${name} # marks what this project owns: choose it once, and keep it
waves: [waves/**/*.yaml]
defaultTarget: local
targets:
  # The built-in endpoint: AWS MGN on this machine, with a data centre of its own. It needs no credentials.
  local:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: # what \`landfall mgn init\` gives the account
      replication:
        stagingAreaSubnetId: subnet-0123456789abcdef0 # where replicated data lands; here, any will do

  # A real target. Credentials come from the environment or a profile, as in every AWS tool.
  # production:
  #   provider: mgn
  #   region: us-west-2
  #   account: '123456789012' # a run that would end up in another account is refused
  #   assumeRole: arn:aws:iam::123456789012:role/landfall
  #   limits: { activeReplications: 150 } # of the whole account, servers of others included
  #   guards: { maxDeletes: 30%, maxUpdates: 30% } # of the managed servers, in one run
  #   mgn:
  #     replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 }
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
  phase: replicate # then test, ready, cutover, finalize and archive: each step is a change that you review
  defaults: # settings of every VM; a VM may override each of them
    licenseType: Auto # Auto, AWS or BYOL
    mgn:
      launch: { targetInstanceTypeRightSizingMethod: BASIC }
  vms:
    - name: awsscrum-lnx1
      path: /Datacenters/SDSC/vm/awsscrum-lnx1 # needed only where the name is ambiguous
      os: rhel-7.3 # lets landfall check licence and support before AWS does
    - name: awsscrum-win1
      os: windows-server-2016
      app: intranet # its application; left out: one of the wave's name
`,
};

/** The group of a server, and what a wave must say so that applications stay in their waves. */
export const groupOfMgnJob: NonNullable<ServiceDefinition['groupOfJob']> = ({ settings }, by) => {
  const { app, [WAVE_NAME]: wave } = settings;
  if (by === 'wave' && typeof wave === 'string' && isApplicationName(wave))
    return { name: wave, ofWave: { [WAVE_NAME]: wave } };
  return { ...(by === 'application' && typeof app === 'string' && { name: app }), ofWave: UNMANAGED };
};

const UNMANAGED: Settings = { [MANAGE_WAVE]: false };

/**
 * Writes the settings that a plan on MGN would change if they were left out: the application, the licence and the key;
 * and what people have said of the launch: fields of the launch template that differ from what MGN has created it with,
 * and post-launch settings. A plan compares the other members of a server's configurations only where a manifest gives
 * them.
 */
export function describeMgnJob(job: ObservedJob): JobDescription {
  const { app, description, kmsKeyId, licenseType } = job.settings;
  const reason = job.owner === undefined ? endedReason(job) : undefined;
  if (reason !== undefined) return { reason };
  if (typeof app === 'string' && !isApplicationName(app))
    return { reason: `is in application ${quote(app)}, a name that no manifest can have` };
  const isAllowed =
    typeof description === 'string' &&
    description.length <= MAX_DESCRIPTION_LENGTH &&
    !/\p{Cs}/u.test(description);
  return {
    settings: {
      ...(app !== undefined && { app }),
      ...(isAllowed && description !== '' && { description }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...((licenseType === 'AWS' || licenseType === 'BYOL') && { licenseType }),
      ...templateSettings(job),
      ...postLaunchSettings(job.settings),
    },
    comments: typeof description === 'string' && !isAllowed ? [`description: ${description}`] : [],
    concerns: [],
  };
}

const RIGHT_SIZING = `${LAUNCH}targetInstanceTypeRightSizingMethod`;

/** Returns the fields of a launch template that somebody has changed; those of a disk as a whole. */
function templateSettings({ settings, created = {} }: ObservedJob): Settings {
  const isChosen = settings[RIGHT_SIZING] === 'NONE';
  const entries = Object.entries(settings).filter(([name]) => name.startsWith(TEMPLATE));
  const changed = entries.filter(([name, value]) => created[name] !== value);
  const disks = [...templateDisks(Object.fromEntries(changed)).keys()].map(
    (device) => `${TEMPLATE_DISKS}.${device}.`,
  );
  const names = new Set(changed.map(([name]) => name));
  const written = entries.filter(([name]) => {
    if (name === `${TEMPLATE}instanceType`) return isChosen && names.has(name);
    if (isServiceTag(name)) return false;
    return names.has(name) || disks.some((disk) => name.startsWith(disk));
  });
  const hasType = written.some(([name]) => name === `${TEMPLATE}instanceType`);
  // Without it, a plan could not tell whether MGN chooses the type.
  return { ...(hasType && { [RIGHT_SIZING]: 'NONE' }), ...Object.fromEntries(written) };
}

function isServiceTag(name: string): boolean {
  return TEMPLATE_TAGS.some((family) => {
    const prefix = `${TEMPLATE}${family}.`;
    return name.startsWith(prefix) && SERVICE_TAG.test(name.slice(prefix.length));
  });
}

/** Returns the post-launch settings of a server, without empty ones, and without a deployment that MGN has by default. */
function postLaunchSettings(settings: Settings): Settings {
  const found = Object.entries(settings).filter(
    ([name, value]) => name.startsWith(POST_LAUNCH) && value !== '',
  );
  const [[name, value] = [], ...others] = found;
  const isDefault = name === `${POST_LAUNCH}deployment` && value === 'TEST_AND_CUTOVER';
  return others.length === 0 && isDefault ? {} : Object.fromEntries(found);
}

/** Says why nothing of a server is left to take over; undefined: its migration goes on. */
function endedReason(job: ObservedJob): string | undefined {
  const { archived, lifecycle } = job.facts ?? {};
  const nothing = 'nothing is left to take over';
  if (archived === true) return `is archived: ${nothing}`;
  return lifecycle === 'DISCONNECTED' ? `is disconnected: ${nothing}` : undefined;
}
