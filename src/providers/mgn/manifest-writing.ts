import { MAX_DESCRIPTION_LENGTH } from '../../core/limits.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { JobDescription, ServiceDefinition } from '../../core/service.ts';
import { isApplicationName } from '../../core/names.ts';

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
  phase: replicate # then test, cutover, finalize and archive: each step is a change that you review
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

/**
 * Writes the settings that a plan on MGN would change if they were left out: the application, the licence and the key.
 * A plan compares the other members of a server's configurations only where a manifest gives them.
 */
export function describeMgnJob({
  settings: { app, description, kmsKeyId, licenseType },
}: ObservedJob): JobDescription {
  const isAllowed =
    typeof description === 'string' &&
    description.length <= MAX_DESCRIPTION_LENGTH &&
    !/\p{Cs}/u.test(description);
  return {
    settings: {
      ...(typeof app === 'string' && isApplicationName(app) && { app }),
      ...(isAllowed && description !== '' && { description }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...((licenseType === 'AWS' || licenseType === 'BYOL') && { licenseType }),
    },
    comments: [
      ...(typeof app === 'string' && !isApplicationName(app) ? [`app: ${app}`] : []),
      ...(typeof description === 'string' && !isAllowed ? [`description: ${description}`] : []),
    ],
    concerns: [],
  };
}
