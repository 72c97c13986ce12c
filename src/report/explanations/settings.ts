import type { ConcernId } from '../../core/concern-ids.ts';
import {
  type Explanation,
  FIELD_REFERENCE,
  MGN_GUIDE,
  PROJECT_REFERENCE,
  SMS_CREATE_JOB,
  SMS_LICENSING,
  SMS_REQUIREMENTS,
  SMS_UPDATE_JOB,
} from './explanation.ts';

/** Concerns about job settings, licences and guests. */
export const SETTING_CONCERNS = {
  'schedule.exactly-one': {
    means: 'A job has both `frequency` and `runOnce: true`, or neither of them.',
    why: 'A replication job either repeats every so many hours or runs a single time. The service refuses anything else.',
    fix: [
      'For a VM that goes on working until its cutover, write `frequency`, in hours from 1 to 24.',
      'For a VM that is copied once, write `runOnce: true`.',
      'On a VM, either of them overrides the other from `defaults`.',
    ],
    source: SMS_CREATE_JOB,
    example: {
      language: 'yaml',
      wrong: 'defaults:\n  frequency: 12\n  runOnce: true',
      right: 'defaults:\n  frequency: 12',
    },
  },
  'schedule.seed-far': {
    means: 'The first replication is more than 30 days ahead.',
    why: 'The console of AWS SMS offers no later time, and the service may refuse one. The job would hold one of the account’s 50 active replications all the while.',
    fix: ['Choose an earlier time.', 'Or add the VM to the wave later: until then it needs no job.'],
    source: 'AWS SMS console, “Create replication job”: a start up to 30 days ahead',
    example: { language: 'yaml', right: 'seedReplicationTime: 2026-12-01T20:00:00-08:00' },
  },
  'encryption.key-unused': {
    means: '`kmsKeyId` names a key, but `encrypted` is not `true`.',
    why: 'A key encrypts nothing by itself: the images would lie in the account unencrypted, though the file reads otherwise. So the VM is refused.',
    fix: ['Add `encrypted: true`.', 'Or remove `kmsKeyId`, if the images need no encryption.'],
    source: `${SMS_CREATE_JOB}: kmsKeyId needs encrypted`,
    example: {
      language: 'yaml',
      wrong: 'kmsKeyId: alias/migration',
      right: 'encrypted: true\nkmsKeyId: alias/migration',
    },
  },
  'licence.linux-aws': {
    means: 'A Linux VM is to run under a licence from AWS (`licenseType: AWS`).',
    why: 'AWS SMS migrates Linux with a licence of your own only. The job would be created, and fail hours later. So the VM is refused.',
    fix: [
      'Write `licenseType: BYOL`. RHEL needs Red Hat Cloud Access, SLES the SUSE Public Cloud Programme.',
      'Or leave it out: `Auto` means BYOL for Linux.',
    ],
    source: `${SMS_LICENSING}: “Licensing for Linux”`,
    example: {
      language: 'yaml',
      wrong: '- { name: awsscrum-lnx1, os: rhel-7.3, licenseType: AWS }',
      right: '- { name: awsscrum-lnx1, os: rhel-7.3, licenseType: BYOL }',
    },
  },
  'licence.windows-client-aws': {
    means: 'A VM with Windows 7, 8, 8.1 or 10 is to run under a licence from AWS.',
    why: 'AWS sells licences for Windows Server, none for Windows clients. The job would be created, and fail hours later. So the VM is refused.',
    fix: ['Write `licenseType: BYOL`, or leave it out: `Auto` means BYOL for Windows clients.'],
    source: `${SMS_LICENSING}: “Licensing for Windows”`,
    example: {
      language: 'yaml',
      wrong: '- { name: kiosk-04, os: windows-10, licenseType: AWS }',
      right: '- { name: kiosk-04, os: windows-10, licenseType: BYOL }',
    },
  },
  'licence.windows-byol': {
    means: 'A Windows Server is to run under a licence of your own.',
    why: 'That is allowed, but only on Dedicated Hosts, which cost far more than a shared instance and must be there before the VM is launched.',
    fix: [
      'If nobody decided on Dedicated Hosts, write `licenseType: AWS`, or leave it out.',
      'If it is meant, see that the hosts are ready. The warning stays.',
      'On MGN, also set the tenancy Host in the EC2 launch template of the source server: the launch fails else.',
    ],
    source: `${SMS_LICENSING}: “Licensing for Windows”`,
    example: {
      language: 'yaml',
      right: '- { name: awsscrum-win1, os: windows-server-2016, licenseType: AWS }',
    },
  },
  'licence.auto-in-place': {
    means:
      'The manifest leaves the licence to `Auto`, which would choose another one for this system than the job in the account has.',
    why: 'On the wire, Auto is a licence that is left out, and an update that leaves it out changes nothing. The job keeps the licence that it has.',
    fix: [
      'To change the job in place, write the licence that Auto would choose; the message names it.',
      'To keep the job as it is, write the licence that it has.',
      'Or replace the job: its history ends, its AMIs stay, and the first replication is a full one again.',
    ],
    source: `${SMS_UPDATE_JOB}: no documented way back to Auto`,
    example: { language: 'yaml', wrong: 'licenseType: Auto', right: 'licenseType: AWS' },
  },
  'guest.unsupported': {
    means: 'The service cannot migrate the operating system that `os` names.',
    why: 'The conversion would fail after the disks have been copied, hours into the run. So the VM is refused.',
    fix: [
      'Upgrade the guest to a version that the message names.',
      'Or take the VM out of the wave, and move it in another way.',
      'If `os` is wrong, correct it: landfall believes what the manifest says.',
    ],
    source: `${SMS_REQUIREMENTS}: supported operating systems`,
    example: {
      language: 'yaml',
      wrong: '- { name: old-01, os: rhel-6.0 } # lacks the drivers',
      right: '- { name: old-01, os: rhel-6.9 }',
    },
  },
  'guest.unknown': {
    means: '`os` is not a name that landfall knows, or does not say which Linux it is.',
    why: 'Neither support nor licence of the guest can be checked. The job is created all the same; if it cannot work, it fails hours later.',
    fix: [
      'Write a short id, such as `rhel-7.3`, `sles-12-sp1` or `windows-server-2016`.',
      'Or write it as vCenter and RVTools do: `Red Hat Enterprise Linux 7 (64-bit)`.',
    ],
    source: `${SMS_REQUIREMENTS}: supported operating systems`,
    example: { language: 'yaml', wrong: 'os: Linux', right: 'os: ubuntu-18.04' },
  },
  'field.not-in-place': {
    means:
      'A setting of the job differs from the manifest, and the service offers no way to change it on a job that is there: it can set an encryption key, but not take one off.',
    why: 'The account does not become what git says. landfall does not replace the job by itself for this, as the job’s history would end.',
    fix: [
      'If the setting matters, replace the job: its AMIs stay, and the first replication is a full one again.',
      'If it does not, write in the manifest what the job has; for a key, the message names it.',
    ],
    source: SMS_UPDATE_JOB,
    example: {
      language: 'sh',
      right: 'landfall plan --replace sdsc-01/db-01\nlandfall apply --replace sdsc-01/db-01',
    },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;

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
