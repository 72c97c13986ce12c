import type { ConcernId } from '../../core/concern-ids.ts';
import type { Explanation } from './explanation.ts';
import { FIELD_REFERENCE, MGN_GUIDE, PROJECT_REFERENCE } from './sources.ts';

/** Concerns about what AWS SMS has and AWS MGN has not, and the other way round. */
export const SERVICE_CONCERNS = {
  'setting.not-on-mgn': {
    means:
      'A wave of a target of MGN says something that only AWS SMS has: `frequency`, `runOnce`, `seedReplicationTime`, `nextReplicationRunStartTime`, `roleName` or `numberOfRecentAmisToKeep`.',
    why: 'MGN replicates all the time and launches instances from the latest snapshot: there is nothing that such a setting could change. Passed over in silence, the file would promise what does not happen.',
    fix: [
      'Let `landfall convert --to mgn` rewrite the file: it takes such settings out, keeps comments, and reports each.',
      'What was a one-time job on SMS is a wave that goes on to `phase: cutover`.',
    ],
    source: MGN_GUIDE,
    example: {
      language: 'yaml',
      wrong: 'defaults:\n  frequency: 12\n  licenseType: Auto',
      right: 'defaults:\n  licenseType: Auto',
    },
  },
  'setting.not-on-sms': {
    means: 'A wave of a target of SMS says something that only AWS MGN has: `app`, or settings under `mgn`.',
    why: 'SMS knows no applications and has no launch configuration: nothing would come of it.',
    fix: [
      'If the wave is to move with MGN, name a target with `provider: mgn` as its `target`.',
      'Or remove what the message names.',
    ],
    source: FIELD_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'target: sms-account\ndefaults:\n  app: shop',
      right: 'target: mgn-account\ndefaults:\n  app: shop',
    },
  },
  'target.not-on-sms': {
    means:
      'A target with `provider: sms` says something that only AWS MGN has: `prune`, `mgn`, or the limits `activeJobs` and `serversInJobs`.',
    why: 'SMS has no launches to count, no servers to disconnect and no templates: nothing would come of it.',
    fix: ['If the target is meant to be of MGN, write `provider: mgn`.', 'Or remove what the message names.'],
    source: PROJECT_REFERENCE,
    example: {
      language: 'yaml',
      wrong: 'provider: sms\nprune: disconnect',
      right: 'provider: mgn\nprune: disconnect',
    },
  },
  'vm.not-findable': {
    means:
      'The only thing that says which VM is meant is something that its service does not know: the vCenter’s own id of it (`vmManagerId` and `vmId`) on MGN, or `vmWareUuid` on SMS.',
    why: 'MGN lists source servers without the ids of vCenter, and SMS lists servers without UUIDs. The VM could not be found.',
    fix: [
      'Add its `name`; where the name is not enough, its `path`.',
      'On MGN, `vmWareUuid` is the surest: RVTools calls it “VM UUID”.',
    ],
    source: MGN_GUIDE,
    example: {
      language: 'yaml',
      wrong: '- vmManagerId: 8DA3177D-A94E-4989-80E0-EE8A8A2E9586\n  vmId: vm-188760',
      right: '- vmWareUuid: 4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e',
    },
  },
  'phase.not-there': {
    means: 'A wave of a target of SMS is to go to `phase: test` or `phase: archive`.',
    why: 'SMS makes AMIs and launches nothing: it has no test instances. And when a wave is finalized there, its jobs are gone, so that nothing is left to archive.',
    fix: [
      'To test on SMS, launch an instance from the AMI of any run by hand.',
      'To move on, write `phase: cutover`, and then `phase: finalize`.',
    ],
    source: 'docs/lifecycle.md',
    example: { language: 'yaml', wrong: 'phase: test', right: 'phase: cutover' },
  },
  'encryption.key-arn': {
    means: 'On a target of MGN, `kmsKeyId` is the id or the alias of a key, not an ARN.',
    why: 'MGN takes the ARN of a key only, and would refuse the replication configuration in the middle of an apply.',
    fix: [
      'Write the ARN of the key, or of its alias, in the region of the target.',
      '`aws kms describe-key --key-id alias/migration` tells it.',
    ],
    source: 'AWS MGN API Reference, UpdateReplicationConfiguration: ebsEncryptionKeyArn',
    example: {
      language: 'yaml',
      wrong: 'kmsKeyId: alias/migration',
      right: 'kmsKeyId: arn:aws:kms:us-west-2:123456789012:alias/migration',
    },
  },
  'encryption.always-on': {
    means: 'On a target of MGN, a VM or the defaults say `encrypted: false`.',
    why: 'MGN encrypts all that it stores, with the account’s default key for EBS where no other is named. The file would say something that is not so.',
    fix: ['Remove it.', 'For a key of your own, write its ARN as `kmsKeyId`: nothing else is needed.'],
    source: 'AWS MGN API Reference, UpdateReplicationConfiguration: ebsEncryption',
    example: {
      language: 'yaml',
      wrong: 'encrypted: false',
      right: 'kmsKeyId: arn:aws:kms:us-west-2:123456789012:alias/migration',
    },
  },
  'app.two-waves': {
    means:
      'VMs of two waves are in one application. A VM that names none is in an application called like its wave.',
    why: 'MGN takes an application into one wave only. Each apply would take it away from the other wave.',
    fix: [
      'Give the VMs of one of the two waves another `app`, such as shop-1 and shop-2.',
      'Or put all VMs of the application into one wave: they are best moved together.',
    ],
    source: MGN_GUIDE,
    example: { language: 'yaml', wrong: 'app: shop # in two waves', right: 'app: shop-2' },
  },
  'disk.duplicate': {
    means: 'The list `replicatedDisks` of a VM or of the defaults names a disk twice.',
    why: 'Of two things that are said of one disk, only one can hold.',
    fix: ['Keep one of the two, with all that is to be said of the disk.'],
    source: FIELD_REFERENCE,
    example: {
      language: 'yaml',
      wrong:
        'replicatedDisks:\n  - { deviceName: /dev/sda, stagingDiskType: GP3 }\n  - { deviceName: /dev/sda, iops: 3000 }',
      right: 'replicatedDisks:\n  - { deviceName: /dev/sda, stagingDiskType: GP3, iops: 3000 }',
    },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;
