import { describe, expect, it } from '@jest/globals';
import { autoLicence, familyOf, licenceFits } from '../../src/local/simulation/guest.ts';

describe('guests', () => {
  it.each([
    ['Microsoft Windows Server 2003 Standard (32-bit)', 'windows-server'],
    ['Microsoft Windows Server 2008 (32-bit)', 'windows-server'],
    ['Microsoft Windows Server 2008 R2 (64-bit)', 'windows-server'],
    ['Microsoft Windows Server 2016 (64-bit)', 'windows-server'],
    ['Microsoft Windows Server 2016 or later (64-bit)', 'windows-server'],
    ['Microsoft Windows Server 2012 (32-bit)', 'unsupported'],
    ['Microsoft Windows Server 2022 (64-bit)', 'unsupported'],
    ['Microsoft Windows 7 (32-bit)', 'windows-client'],
    ['Microsoft Windows 8.x (64-bit)', 'windows-client'],
    ['Microsoft Windows 10 (64-bit)', 'windows-client'],
    ['Microsoft Windows 11 (64-bit)', 'unsupported'],
    ['Microsoft Windows XP Professional (32-bit)', 'unsupported'],
    ['Red Hat Enterprise Linux 5 (64-bit)', 'linux'],
    ['Red Hat Enterprise Linux 7 (32-bit)', 'unsupported'],
    ['Red Hat Enterprise Linux 8 (64-bit)', 'unsupported'],
    ['SUSE Linux Enterprise 11 (64-bit)', 'linux'],
    ['SUSE Linux Enterprise 15 (64-bit)', 'unsupported'],
    ['CentOS 4/5/6/7 (64-bit)', 'linux'],
    ['CentOS 4/5 or later (64-bit)', 'linux'],
    ['CentOS 8 (64-bit)', 'unsupported'],
    ['Debian GNU/Linux 8 (64-bit)', 'linux'],
    ['Debian GNU/Linux 10 (64-bit)', 'unsupported'],
    ['Oracle Linux 4/5/6/7 (64-bit)', 'linux'],
    ['Ubuntu Linux (64-bit)', 'linux'],
    ['Ubuntu Linux (32-bit)', 'unsupported'],
    ['Red Hat Fedora (64-bit)', 'linux'],
    ['Other 3.x or later Linux (64-bit)', 'linux'],
    ['FreeBSD (64-bit)', 'unsupported'],
    ['Novell NetWare 6.x', 'unsupported'],
    ['Oracle Solaris 11 (64-bit)', 'unsupported'],
    ['', 'unknown'],
  ])('S7.12 tells what %p is', (os, family) => {
    expect(familyOf(os)).toBe(family);
  });

  it.each([
    ['Microsoft Windows Server 2016 (64-bit)', 'AWS', true],
    ['Microsoft Windows 10 (64-bit)', 'BYOL', false],
    ['Red Hat Enterprise Linux 7 (64-bit)', 'BYOL', false],
    ['', 'BYOL', true],
  ] as const)('S6.7 S7.11 tells the licences of %p', (os, auto, aws) => {
    expect(autoLicence(os)).toBe(auto);
    expect(licenceFits('AWS', os)).toBe(aws);
    expect(licenceFits('BYOL', os)).toBe(true);
  });
});
