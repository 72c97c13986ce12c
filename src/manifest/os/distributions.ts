import type { Guest } from './guest.ts';

/** A distribution and the names it goes by in lower case: its short id first, then as vCenter and RVTools write it. */
export interface Distribution extends Pick<Guest, 'family' | 'distribution' | 'title'> {
  readonly names: readonly string[];
}

const distribution = (
  family: Guest['family'],
  id: string,
  title: string,
  ...names: readonly string[]
): Distribution => ({ family, distribution: id, title, names: [id, ...names] });

/** The systems landfall can tell apart; which of them can be migrated, supported.ts says. */
export const DISTRIBUTIONS: readonly Distribution[] = [
  distribution('windows', 'windows-server', 'Windows Server', 'microsoft windows server'),
  distribution('windows', 'windows', 'Windows', 'microsoft windows'),
  distribution('linux', 'rhel', 'Red Hat Enterprise Linux', 'red hat enterprise linux'),
  distribution(
    'linux',
    'sles',
    'SUSE Linux Enterprise Server',
    'suse linux enterprise server',
    'suse linux enterprise',
  ),
  distribution('linux', 'centos', 'CentOS', 'centos linux'),
  distribution('linux', 'ubuntu', 'Ubuntu', 'ubuntu linux'),
  distribution('linux', 'debian', 'Debian', 'debian gnu/linux'),
  distribution('linux', 'oracle', 'Oracle Linux', 'oracle linux', 'ol'),
  distribution('linux', 'fedora', 'Fedora', 'red hat fedora'),
  distribution('linux', 'opensuse', 'openSUSE', 'suse opensuse'),
  distribution('linux', 'photon', 'Photon OS', 'vmware photon os'),
  distribution('linux', 'amazon', 'Amazon Linux', 'amazon linux'),
  distribution('linux', 'coreos', 'CoreOS', 'coreos linux'),
  distribution('linux', 'rocky', 'Rocky Linux', 'rocky linux'),
  distribution('linux', 'almalinux', 'AlmaLinux'),
  distribution('linux', 'asianux', 'Asianux'),
  distribution('other', 'freebsd', 'FreeBSD', 'freebsd pre-11 versions'),
  distribution('other', 'solaris', 'Solaris', 'oracle solaris', 'sun microsystems solaris'),
  distribution('other', 'macos', 'macOS', 'apple mac os x', 'apple macos'),
  distribution('other', 'esxi', 'ESXi', 'vmware esxi'),
  distribution('other', 'netware', 'NetWare', 'novell netware'),
];

/** "Other 3.x Linux", "Other 2.6.x or later Linux": a Linux, and that is all vCenter knows. */
export const SOME_LINUX: Distribution = distribution('linux', 'linux', 'Linux');
