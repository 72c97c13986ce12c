import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseGuest } from '../../../src/manifest/os/parse.ts';
import { smsGuests } from '../../../src/providers/sms/guests.ts';

const { shortIds, whyUnsupported } = smsGuests;

/** `yes`, the reason why not, or `unknown`. */
function verdict(os: string): string {
  const guest = parseGuest(os);
  if (guest === undefined) return 'unknown';
  return whyUnsupported(guest) ?? 'yes';
}

describe('guests that can be migrated', () => {
  it.each([
    // The founding document's list, ends of ranges.
    ...['windows-server-2003-sp1', 'windows-server-2003-sp2-32bit', 'windows-server-2003-r2-32bit'],
    ...['windows-server-2003-r2-enterprise', 'windows-server-2008-32bit', 'windows-server-2008-r2-64bit'],
    ...['windows-server-2012', 'windows-server-2012-r2-datacenter', 'windows-server-2016-standard'],
    ...['rhel-5.1', 'rhel-5.11', 'rhel-6.1', 'rhel-6.9', 'rhel-7.0', 'rhel-7.3'],
    ...['sles-11-sp1', 'sles-11-sp4', 'sles-12', 'sles-12-sp0'],
    // Later editions of the guide.
    ...['windows-server-1709', 'windows-server-1803', 'windows-server-2019', 'windows-server-2016-core'],
    ...['windows-7', 'windows-8', 'windows-8.1', 'windows-10', 'windows-10-pro', 'windows-7-x86'],
    ...['rhel-7.6', 'sles-12-sp3', 'centos-5.1', 'centos-5.11', 'centos-6.6', 'centos-7.6', 'ubuntu-12.04'],
    ...[
      'ubuntu-16.04',
      'ubuntu-18.04',
      'debian-6.0.8',
      'debian-7.8',
      'debian-8',
      'debian-8.0.0',
      'oracle-5.10',
    ],
    ...['oracle-6.10', 'oracle-7.4', 'fedora-19', 'fedora-21', 'rhel-7.3-x86_64', 'rhel-7'],
    // As RVTools writes them.
    ...['Microsoft Windows Server 2016 (64-bit)', 'Microsoft Windows Server 2012 (64-bit)'],
    ...['Microsoft Windows Server 2008 R2 (64-bit)', 'Microsoft Windows Server 2003 Standard (32-bit)'],
    ...['Microsoft Windows Server 2016 or later (64-bit)', 'Microsoft Windows 10 (64-bit)'],
    ...['Microsoft Windows 8.x (64-bit)', 'Red Hat Enterprise Linux 7 (64-bit)', 'CentOS 7 (64-bit)'],
    ...['CentOS 4/5/6/7 (64-bit)', 'CentOS 4/5 or later (64-bit)', 'SUSE Linux Enterprise 12 (64-bit)'],
    ...['SUSE Linux Enterprise 11 (64-bit)', 'Ubuntu Linux (64-bit)', 'Debian GNU/Linux 8 (64-bit)'],
    ...['Oracle Linux 4/5/6/7 (64-bit)', 'Oracle Linux 7 (64-bit)', 'Red Hat Fedora (64-bit)'],
    ...['  red hat enterprise linux 7 (64-BIT) ', 'Microsoft Windows 8 Server (64-bit)'],
    // As people, and the systems themselves, write them.
    ...['rhel7', 'rhel7.3', 'oracle-linux-7.3', 'ol-7.3', 'ol7', 'Oracle Linux Server 7.3', 'sles12sp1'],
    ...['SUSE Linux Enterprise Server 11 SP 3', 'Red Hat Enterprise Linux Server release 7.3 (Maipo)'],
    ...['CentOS Linux release 7.3.1611 (Core)', 'windows-2016', 'windows-2012-r2', 'Windows-Server 2016'],
    ...['windows-server-2003-service-pack-1', 'windows-server-2016-64', 'rhel-7.3-64'],
  ])('%s', (os) => {
    expect(verdict(os)).toBe('yes');
  });
});

describe('guests that cannot', () => {
  it.each([
    ['rhel-6.0', 'of Red Hat Enterprise Linux it can migrate 5.1 to 5.11, 6.1 to 6.9, 7.0 to 7.6'],
    ['rhel-5.0', /it can migrate 5.1/],
    ['rhel-5.12', /it can migrate 5.1/],
    ['rhel-6.10', /it can migrate 5.1/],
    ['rhel-7.7', /it can migrate 5.1/],
    ['rhel-8', /it can migrate 5.1/],
    ['rhel-4', /it can migrate 5.1/],
    ['rhel-7.3-32bit', 'it can migrate Red Hat Enterprise Linux 7.3 as 64-bit only'],
    ['Red Hat Enterprise Linux 6 (32-bit)', 'it can migrate Red Hat Enterprise Linux 6 as 64-bit only'],
    ['Red Hat Enterprise Linux 8 (64-bit)', /it can migrate 5.1/],
    ['Ubuntu Linux (32-bit)', 'it can migrate Ubuntu as 64-bit only'],
    ['sles-11-sp0', 'of SUSE Linux Enterprise Server it can migrate 11.1 to 11.4, 12.0 to 12.3'],
    ['sles-11-sp5', /11.1 to 11.4/],
    ['sles-12-sp4', /12.0 to 12.3/],
    ['sles-15', /12.0 to 12.3/],
    ['centos-6.0', /6.1 to 6.6/],
    ['centos-6.7', /6.1 to 6.6/],
    ['ubuntu-10.04', /12.04 to 18.04/],
    ['ubuntu-18.10', /12.04 to 18.04/],
    ['debian-8.1', /8.0.0/],
    ['debian-6.0.9', /6.0.0 to 6.0.8/],
    ['oracle-5.9', /5.10 to 5.11/],
    ['oracle-6.0', /6.1 to 6.10/],
    ['fedora-18', /19 to 21/],
    ['fedora-22', /19 to 21/],
    ['windows-server-2003-sp0', 'Windows Server 2003 needs service pack 1 or later'],
    ['windows-server-2003-web', /the editions standard, datacenter, enterprise/],
    ['windows-server-2008-r2-32bit', 'it can migrate Windows Server 2008 R2 as 64-bit only'],
    ['Microsoft Windows Server 2012 (32-bit)', 'it can migrate Windows Server 2012 as 64-bit only'],
    ['windows-server-2012-enterprise', /the editions standard, datacenter/],
    ['windows-server-2012-r2-nano', 'it cannot migrate Nano Server'],
    ['windows-server-2016-nano', 'it cannot migrate Nano Server'],
    ['windows-server-2022', /of Windows Server it can migrate .*2012 R2/],
    ['windows-server-2000', /of Windows Server it can migrate/],
    ['windows-server-2012-32', 'it can migrate Windows Server 2012 as 64-bit only'],
    ['windows-server-2016-32', 'it can migrate Windows Server 2016 as 64-bit only'],
    ['Microsoft Windows 2000 Server', /of Windows Server it can migrate/],
    ['Windows Server 2003 Service Pack 0', 'Windows Server 2003 needs service pack 1 or later'],
    ['SUSE Linux Enterprise Server 11 SP 5', /11.1 to 11.4/],
    ['CentOS Linux release 7.7.1908 (Core)', /7.0 to 7.6/],
    ['windows-xp', 'of Windows it can migrate 7, 8, 8.1, 10'],
    ['windows-11', /of Windows it can migrate/],
    ['Microsoft Windows XP Professional (32-bit)', /of Windows it can migrate/],
    ['VMware Photon OS (64-bit)', 'Photon OS is not among the systems it can migrate'],
    ['amazon-2', 'Amazon Linux is not among the systems it can migrate'],
    ['FreeBSD (64-bit)', 'FreeBSD is not among the systems it can migrate'],
    ['Oracle Solaris 11 (64-bit)', 'Solaris is not among the systems it can migrate'],
    ['Novell NetWare 6.x', 'NetWare is not among the systems it can migrate'],
    ['Other 3.x Linux (32-bit)', 'it can migrate Linux as 64-bit only'],
  ])('%s', (os, reason) => {
    expect(verdict(os)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });
});

describe('names that mean nothing', () => {
  it.each(
    [
      [
        '',
        'rhel-seven',
        'rhel-7-3',
        'windows-server-2012-99',
        'windows-server-2016 (Nano)',
        'BeOS',
        'Other (64-bit)',
        'windowsserver-2016',
        'rhelx-7',
        'rhel-7.3-banana',
        'linux',
      ],
    ].flat(),
  )('%s', (os) => {
    expect(parseGuest(os)).toBeUndefined();
  });

  it('are not feared, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `rhel-${text}`),
        ),
        (os) => {
          expect(verdict(os)).toEqual(expect.any(String));
        },
      ),
    );
  });
});

describe('shortIds', () => {
  it('are all understood and supported', () => {
    const ids = shortIds();
    expect(ids).toEqual(
      expect.arrayContaining(['rhel-7.3', 'sles-12-sp1', 'sles-12', 'windows-server-2012-r2', 'fedora-20']),
    );
    expect(ids.filter((id) => verdict(id) !== 'yes')).toEqual([]);
  });
});

describe('parseGuest', () => {
  it.each(['windows-2016', 'Windows 2012 R2', 'Microsoft Windows 2000 Server', 'Microsoft Windows 8 Server'])(
    'knows that %s is a server',
    (os) => {
      expect(parseGuest(os)).toMatchObject({ distribution: 'windows-server', title: 'Windows Server' });
    },
  );

  it.each(['windows-8', 'windows-10', 'Microsoft Windows XP Professional (32-bit)'])(
    'knows that %s is a client',
    (os) => {
      expect(parseGuest(os)?.distribution).toBe('windows');
    },
  );

  it('tells short ids apart', () => {
    expect(parseGuest('windows-server-2012-r2-datacenter-64bit')).toEqual({
      family: 'windows',
      distribution: 'windows-server',
      title: 'Windows Server',
      versions: ['2012-r2'],
      orLater: false,
      bits: 64,
      edition: 'datacenter',
    });
    expect(parseGuest('sles-12-sp1')).toMatchObject({
      distribution: 'sles',
      versions: ['12'],
      servicePack: 1,
    });
  });

  it('tells full names apart', () => {
    expect(parseGuest('CentOS 4/5/6/7 (32-bit)')).toMatchObject({
      family: 'linux',
      distribution: 'centos',
      versions: ['4', '5', '6', '7'],
      bits: 32,
    });
    expect(parseGuest('Microsoft Windows Server 2016 or later (64-bit)')).toMatchObject({
      versions: ['2016'],
      orLater: true,
    });
    expect(parseGuest('Other 2.6.x or later Linux (64-bit)')).toMatchObject({
      family: 'linux',
      distribution: 'linux',
    });
  });
});
