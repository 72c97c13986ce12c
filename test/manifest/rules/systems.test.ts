import { describe, expect, it } from '@jest/globals';
import { concernsOf, waveOf } from '../documents.ts';

/** Ids of what is wrong with one VM of this system and licence. */
function found(os: string, licenseType = 'Auto'): string[] {
  return concernsOf(waveOf({ os, licenseType })).map(({ id }) => id);
}

describe('licence', () => {
  const server = ['windows-server-2016', 'windows-2016', 'Microsoft Windows Server 2012 (64-bit)'];
  const client = ['windows-10', 'Microsoft Windows 7 (32-bit)'];
  const linux = ['rhel-7.3', 'SUSE Linux Enterprise 12 (64-bit)', 'ubuntu-16.04', 'rhel7', 'ol-7.3'];

  it.each([...server, ...client, ...linux])('Auto fits %s', (os) => {
    expect(found(os)).toEqual([]);
  });

  it.each(server)('AWS fits %s, BYOL is worth a warning', (os) => {
    expect(found(os, 'AWS')).toEqual([]);
    expect(concernsOf(waveOf({ os, licenseType: 'BYOL' }))).toMatchObject([
      { id: 'licence.windows-byol', severity: 'warning' },
    ]);
  });

  it.each(client)('BYOL fits %s, AWS does not', (os) => {
    expect(found(os, 'BYOL')).toEqual([]);
    expect(concernsOf(waveOf({ os, licenseType: 'AWS' }))).toMatchObject([
      { id: 'licence.windows-client-aws', severity: 'critical', address: 'sdsc-01/vm-0' },
    ]);
  });

  it.each(linux)('BYOL fits %s, AWS does not', (os) => {
    expect(found(os, 'BYOL')).toEqual([]);
    expect(concernsOf(waveOf({ os, licenseType: 'AWS' }))).toMatchObject([
      { id: 'licence.linux-aws', severity: 'critical', address: 'sdsc-01/vm-0' },
    ]);
  });

  it('knows that some Linux is Linux', () => {
    expect(found('Other 3.x Linux (64-bit)', 'AWS').sort()).toEqual(['guest.unknown', 'licence.linux-aws']);
  });

  it('says nothing where no system is named', () => {
    expect(concernsOf(waveOf({ licenseType: 'AWS' }))).toEqual([]);
  });
});

describe('guest.unsupported', () => {
  it('refuses a guest the service cannot migrate, and says what it can', () => {
    expect(concernsOf(waveOf({ os: 'rhel-6.0' }))).toMatchObject([
      {
        id: 'guest.unsupported',
        severity: 'critical',
        message:
          'SMS cannot migrate "rhel-6.0": of Red Hat Enterprise Linux it can migrate 5.1 to 5.11, 6.1 to 6.9, 7.0 to 7.6',
      },
    ]);
  });
});

describe('guest.unsupported', () => {
  it.each([
    ['rhel73', 'rhel-7.3'],
    ['RHEL 73', 'rhel-7.3'],
    ['centos66', 'centos-6.6'],
  ])('asks whether %s is meant to be %s', (os, id) => {
    expect(concernsOf(waveOf({ os }))).toMatchObject([
      { id: 'guest.unsupported', severity: 'critical', remedy: `did you mean ${id}?` },
    ]);
  });

  it('does not suggest another version than the one that is written', () => {
    const [concern] = concernsOf(waveOf({ os: 'rhel-8.1' }));
    expect(concern?.id).toBe('guest.unsupported');
    expect(concern?.remedy).toMatch(/^upgrade the guest first/);
  });
});

describe('guest.unknown', () => {
  it.each([
    ['rhel_7_3', 'rhel-7.3'],
    ['windowsserver2016', 'windows-server-2016'],
    ['window-server-2016', 'windows-server-2016'],
  ])('suggests for %s the id %s, whatever the separators', (os, id) => {
    expect(concernsOf(waveOf({ os }))).toMatchObject([
      { id: 'guest.unknown', severity: 'warning', remedy: `did you mean ${id}?` },
    ]);
  });

  it('warns of a name that means nothing, and suggests one that does', () => {
    expect(concernsOf(waveOf({ os: 'rhel-7-3' }, { os: 'BeOS' }))).toMatchObject([
      { id: 'guest.unknown', severity: 'warning', remedy: 'did you mean rhel-7.3?' },
      { id: 'guest.unknown', remedy: 'write a short id such as rhel-7.3 or windows-server-2016' },
    ]);
  });
});
