import type { ConcernId } from '../../core/concern-ids.ts';
import { type Explanation, FIELD_REFERENCE, PROJECT_REFERENCE, WAVE_REFERENCE } from './explanation.ts';

/** Concerns about what manifests say, taken by themselves. */
export const MANIFEST_CONCERNS = {
  'schema.kind': {
    means:
      'A document does not say which format it is in, or is of a kind that does not belong into this file.',
    why: 'landfall reads only what says that it is meant for landfall: other YAML in the same folder is not guessed at.',
    fix: [
      'Write `apiVersion: landfall/v1` and `kind: Wave` at the top; `kind: Project` in the project file.',
      'If the file is not for landfall, take it out with a glob that begins with `!` under `waves`.',
    ],
    source: FIELD_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'kind: wave',
      right: 'apiVersion: landfall/v1\nkind: Wave',
    },
  },
  'schema.unknown-key': {
    means: 'A key is not one that the format knows at this place.',
    why: 'Passed over, a misspelt setting would simply not hold, and the job would run without it.',
    fix: [
      'Take the key that the message suggests.',
      'See whether it is indented right: settings of all VMs go under `spec.defaults`, those of one VM beside its `name`.',
      'For notes of your own, use `metadata.labels` or a comment.',
    ],
    source: FIELD_REFERENCE,
    example: { language: 'yaml', wrong: 'licenceType: BYOL', right: 'licenseType: BYOL' },
  },
  'schema.missing-key': {
    means: 'A key that must be there is not; for a VM, nothing says which one is meant.',
    why: 'landfall does not guess names, targets or VMs.',
    fix: [
      'Add the key that the message names.',
      'A VM needs `name`, or `path`, or `serverId`, or `vmManagerId` with `vmId`.',
    ],
    source: FIELD_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'vms:\n  - { os: rhel-7.3 }',
      right: 'vms:\n  - { name: awsscrum-lnx1, os: rhel-7.3 }',
    },
  },
  'schema.type': {
    means:
      'A value is of another type than the key takes: text for a number, a list for one name, or nothing at all.',
    why: 'YAML decides types by how a value is written: `12` is a number, `"12"` is text, `yes` is text too.',
    fix: [
      'Numbers and true or false go without quotes.',
      'Names that look like numbers, such as account numbers and versions, go in quotes.',
      'A key with nothing behind it is empty: write a value, or leave the key out.',
    ],
    source: FIELD_REFERENCE,
    example: { language: 'yaml', wrong: 'frequency: "12"', right: 'frequency: 12' },
  },
  'schema.value': {
    means: 'A value has the right type, but is not one of those allowed, out of range, or of the wrong form.',
    why: 'The service would refuse it in the middle of an apply, or take it and fail hours later.',
    fix: [
      'Use a value that the message offers.',
      'See the field in the reference for its range and an example.',
    ],
    source: FIELD_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'frequency: 48 # hours, 24 at most',
      right: 'frequency: 24',
    },
  },
  'project.missing': {
    means: 'The file that should hold the project is not there, or holds no document of `kind: Project`.',
    why: 'Without a project there is no name for the ownership marker and no target: landfall could not tell its own jobs from those of others.',
    fix: ['Begin a project with `landfall init`.', 'If you have one, name its file with `--project FILE`.'],
    source: PROJECT_REFERENCE,
    example: { language: 'sh', right: 'landfall init\nlandfall plan --project datacenter/landfall.yaml' },
  },
  'project.duplicate': {
    means: 'The project file holds two documents of `kind: Project`.',
    why: 'Each would claim jobs under its own name, and the second would undo what the first does.',
    fix: ['Keep one. Two projects live in two folders, each with its own landfall.yaml.'],
    source: PROJECT_REFERENCE,
    example: {
      language: 'sh',
      right: 'landfall plan --project east/landfall.yaml\nlandfall plan --project west/landfall.yaml',
    },
  },
  'target.unknown': {
    means: 'A wave, or `defaultTarget` of the project, names a target that is not under `targets`.',
    why: 'Nobody can say to which account and region these VMs would go.',
    fix: ['Correct the name, or add the target to the project file.'],
    source: PROJECT_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'spec:\n  target: prodution',
      right: 'spec:\n  target: production # as under targets in landfall.yaml',
    },
  },
  'target.lock-not-local': {
    means: 'A target with `endpoint: local` has a `lock` that stands at AWS, or on another machine.',
    why: 'A local target never leaves this machine and needs no credentials: whoever tries a plan on it must not reach the lock of a real one. It has a lock without any setting, a file beside the project.',
    fix: [
      'Take `lock` off the target.',
      'To try a store of your own, give the lock an `endpoint` on the loopback interface.',
    ],
    source: 'docs/locking.md',
    example: {
      language: 'yaml',
      wrong: 'local:\n  endpoint: local\n  lock: s3://ucop-migration/locks/local.json',
      right:
        'local:\n  endpoint: local\n  lock: { s3: { bucket: locks, key: local.json, endpoint: "http://127.0.0.1:9000" } }',
    },
  },
  'wave.duplicate': {
    means: 'Two waves of the project have the same name.',
    why: 'The name is part of the marker in each job’s description. With two waves of one name, nobody could tell whose job it is.',
    fix: ['Rename one. If a file was copied to begin a new wave, its `metadata.name` was copied too.'],
    source: 'docs/decisions/0002-ownership-marker.md',
    example: { language: 'yaml', right: 'metadata:\n  name: sdsc-02' },
  },
  'wave.empty': {
    means: 'A wave lists no VMs.',
    why: 'It is allowed, as a wave may be prepared or emptied on purpose. If it had VMs before, their jobs are now planned for deletion.',
    fix: [
      'If it is prepared for later, leave it.',
      'If the VMs went missing, restore them from git.',
      'If the wave is done with, delete its file.',
    ],
    source: WAVE_REFERENCE,
    example: { language: 'yaml', right: 'vms:\n  - name: awsscrum-lnx1' },
  },
  'vm.duplicate': {
    means: 'The same VM stands twice, in one wave or in two.',
    why: 'A VM has one replication job. Two places would give it two schedules and two licences.',
    fix: [
      'Keep the VM in the wave that it moves with, and remove it from the other.',
      'If two VMs share a name, tell them apart with `path`.',
    ],
    source: 'AWS SMS API Reference, CreateReplicationJob: ReplicationJobAlreadyExistsException',
    example: {
      language: 'yaml',
      wrong: 'vms:\n  - name: app-01\n  - name: app-01',
      right:
        'vms:\n  - { name: app-01, path: /Datacenters/SDSC/vm/app-01 }\n  - { name: app-01, path: /Datacenters/OPDC/vm/app-01 }',
    },
  },
  'description.marker': {
    means:
      'A description holds `[landfall:`, the beginning of the marker by which landfall knows its own jobs.',
    why: 'Written by hand, it would hand the job to another project, which may then delete it.',
    fix: [
      'Leave it out. landfall adds the marker itself.',
      'To take over a job that exists, write `adopt: true`.',
    ],
    source: 'docs/decisions/0002-ownership-marker.md',
    example: {
      language: 'yaml',
      wrong: 'description: Scrum tool [landfall:ucop/sdsc-01]',
      right: 'description: Scrum tool',
    },
  },
  'description.too-long': {
    means:
      'A description is so long that it would not fit in 255 characters together with the ownership marker.',
    why: 'A marker that is cut off is no marker: landfall would take its own job for somebody else’s.',
    fix: [
      'Shorten it to the length that the message gives.',
      'Longer notes go into `metadata.labels` or a comment.',
    ],
    source: 'docs/decisions/0002-ownership-marker.md',
    example: { language: 'yaml', right: 'description: Scrum tool, moved ahead of the others' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;
