import { describe, expect, it } from '@jest/globals';
import type { DesiredVm, Settings } from '../../../src/core/desired.ts';
import { toAddress, toServerId } from '../../../src/core/names.ts';
import type { FieldComparison, FieldRule } from '../../../src/core/provider.ts';
import { smsSettings } from '../../../src/providers/sms/settings.ts';

const rows: readonly FieldRule[] = smsSettings;
const NOW = Date.parse('2026-12-01T00:00:00Z');
const LATER = '2026-12-02T00:00:00Z';
const EARLIER = '2026-11-30T00:00:00Z';

interface Sides {
  readonly desired?: Settings;
  readonly observed?: Settings;
  readonly vm?: Partial<DesiredVm>;
  readonly latestAmiId?: string;
}

/** What the table makes of a field, by the rules that `FieldRule` states. */
function verdict(name: string, { desired = {}, observed = {}, vm = {}, ...job }: Sides): FieldComparison {
  const rule = rows.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule for ${name}`);
  const [wanted, there] = [desired[name] ?? rule.default, observed[name] ?? rule.default];
  if (rule.compare === undefined) return wanted === undefined || wanted === there ? 'same' : 'differs';
  return rule.compare({
    name,
    desired: wanted,
    observed: there,
    now: NOW,
    vm: {
      address: toAddress('w/a'),
      wave: 'w',
      target: 't',
      reference: { name: 'a' },
      adopt: false,
      protect: false,
      place: { file: 'w.yaml', line: 1, column: 1 },
      ...vm,
      settings: desired,
    },
    job: {
      id: 'sms-job-1',
      server: { serverId: toServerId('s-1') },
      state: 'active',
      settings: observed,
      ...job,
    },
  });
}

describe('the table of fields', () => {
  it('has every setting of a manifest, with what AWS can do about it', () => {
    expect(Object.fromEntries(rows.map(({ name, change }) => [name, change]))).toEqual({
      description: 'update',
      encrypted: 'update',
      frequency: 'update',
      kmsKeyId: 'update',
      licenseType: 'update',
      nextReplicationRunStartTime: 'update',
      numberOfRecentAmisToKeep: 'update',
      roleName: 'update',
      runOnce: 'replace',
      seedReplicationTime: 'create-only',
    });
  });

  it.each([
    ['roleName', 'sms', 'other'],
    ['numberOfRecentAmisToKeep', 0, 3],
    ['encrypted', false, true],
    ['runOnce', false, true],
  ])('takes %s left out for %p', (name, meant, other) => {
    expect(verdict(name, { observed: { [name]: meant } })).toBe('same');
    expect(verdict(name, { observed: { [name]: other } })).toBe('differs');
    expect(verdict(name, { desired: { [name]: meant } })).toBe('same');
    expect(verdict(name, { desired: { [name]: other } })).toBe('differs');
  });

  it.each(['frequency', 'description'])('does not compare a %s that git leaves out', (name) => {
    expect(verdict(name, { observed: { [name]: 'x' } })).toBe('same');
    expect(verdict(name, { desired: { [name]: 'y' }, observed: { [name]: 'x' } })).toBe('differs');
  });
});

describe('licenseType', () => {
  it.each([{}, { licenseType: 'Auto' }])('%p equals whatever the service chose', (desired) => {
    expect(verdict('licenseType', { desired, observed: { licenseType: 'AWS' } })).toBe('same');
    expect(verdict('licenseType', { desired, observed: {} })).toBe('same');
    const vm = { autoLicenseType: 'BYOL' } as const;
    expect(verdict('licenseType', { desired, observed: { licenseType: 'BYOL' }, vm })).toBe('same');
    expect(verdict('licenseType', { desired, observed: {}, vm })).toBe('same');
  });

  it('cannot go back to Auto where Auto would choose another licence', () => {
    const vm = { autoLicenseType: 'BYOL', os: 'rhel-7.3' } as const;
    expect(verdict('licenseType', { observed: { licenseType: 'AWS' }, vm })).toEqual({
      unchangeable: 'licence.auto-in-place',
      message: 'Auto would choose licenseType BYOL for rhel-7.3, and the job has AWS',
      remedy: expect.stringContaining('--replace w/a') as unknown,
    });
  });

  it('changes in place when it is written out', () => {
    expect(
      verdict('licenseType', { desired: { licenseType: 'BYOL' }, observed: { licenseType: 'AWS' } }),
    ).toBe('differs');
    expect(
      verdict('licenseType', { desired: { licenseType: 'BYOL' }, observed: { licenseType: 'BYOL' } }),
    ).toBe('same');
    expect(verdict('licenseType', { desired: { licenseType: 'BYOL' } })).toBe('differs');
  });
});

describe('kmsKeyId', () => {
  const uuid = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const arn = 'arn:aws:kms:us-west-2:123456789012:';
  const keys = (desired: string | undefined, observed: string | undefined) =>
    verdict('kmsKeyId', {
      desired: { encrypted: true, ...(desired !== undefined && { kmsKeyId: desired }) },
      observed: observed === undefined ? {} : { kmsKeyId: observed },
    });

  it.each([
    [uuid, uuid],
    [uuid, `${arn}key/${uuid}`],
    [`${arn}key/${uuid}`, uuid],
    [`key/${uuid}`, `${arn}key/${uuid}`],
    ['alias/disks', `${arn}alias/disks`],
  ])('%s is %s', (one, other) => {
    expect(keys(one, other)).toBe('same');
  });

  it.each([
    ['alias/disks', 'alias/tapes'],
    ['disks', `${arn}alias/disks`],
    ['ab', `${arn}key/${uuid}`],
    [`${arn}key/${uuid}`, `arn:aws:kms:us-east-1:123456789012:key/${uuid}`],
    [uuid, undefined],
  ])('%s is not %s', (one, other) => {
    expect(keys(one, other)).toBe('differs');
  });

  it('cannot be taken off a job', () => {
    expect(keys(undefined, uuid)).toMatchObject({ unchangeable: 'field.not-in-place' });
    expect(keys(undefined, undefined)).toBe('same');
  });

  it('says nothing of a job that is not to be encrypted', () => {
    expect(verdict('kmsKeyId', { observed: { kmsKeyId: uuid } })).toBe('same');
  });
});

describe('nextReplicationRunStartTime', () => {
  const field = 'nextReplicationRunStartTime';
  const wish = (desired: Settings, more: Sides = {}) =>
    verdict(field, { desired, observed: { frequency: 12, [field]: EARLIER }, latestAmiId: 'ami-1', ...more });

  it('moves the next run to a time still to come', () => {
    expect(wish({ frequency: 12, [field]: LATER })).toBe('differs');
    expect(wish({ frequency: 12, [field]: LATER }, { observed: { frequency: 12, [field]: LATER } })).toBe(
      'same',
    );
  });

  it('has done its work once the time has passed', () => {
    expect(wish({ frequency: 12, [field]: '2026-12-01T00:00:00Z' })).toBe('same');
  });

  it('waits for the seed run to complete', () => {
    const observed = { frequency: 12, [field]: EARLIER };
    expect(verdict(field, { desired: { frequency: 12, [field]: LATER }, observed })).toBe('same');
  });

  it('means nothing to a job that runs once', () => {
    expect(wish({ runOnce: true, [field]: LATER })).toBe('same');
    expect(wish({ frequency: 12, [field]: LATER }, { observed: { runOnce: true } })).toBe('same');
    expect(wish({ frequency: 12 })).toBe('same');
  });
});
