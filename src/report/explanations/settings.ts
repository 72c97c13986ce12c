import type { ConcernId } from '../../core/concern-ids.ts';
import type { Explanation } from './explanation.ts';
import { SMS_CREATE_JOB, SMS_LICENSING, SMS_REQUIREMENTS, SMS_UPDATE_JOB } from './sources.ts';

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
