import type { Guest, ServiceDefinition } from '../../core/service.ts';
import { quote } from '../../core/text.ts';

/** A distribution and its names in lower case: first its short id, then the names that vCenter and RVTools write. */
interface Distribution extends Pick<Guest, 'family' | 'distribution' | 'title'> {
  readonly names: readonly string[];
}

const defineDistribution = (
  family: Guest['family'],
  id: string,
  title: string,
  ...names: readonly string[]
): Distribution => ({ family, distribution: id, title, names: [id, ...names] });

/** The systems that landfall knows. The definition of a service says which of them it can migrate. */
const DISTRIBUTIONS: readonly Distribution[] = [
  defineDistribution('windows', 'windows-server', 'Windows Server', 'microsoft windows server'),
  defineDistribution('windows', 'windows', 'Windows', 'microsoft windows'),
  defineDistribution('linux', 'rhel', 'Red Hat Enterprise Linux', 'red hat enterprise linux'),
  defineDistribution(
    'linux',
    'sles',
    'SUSE Linux Enterprise Server',
    'suse linux enterprise server',
    'suse linux enterprise',
  ),
  defineDistribution('linux', 'centos', 'CentOS', 'centos linux'),
  defineDistribution('linux', 'ubuntu', 'Ubuntu', 'ubuntu linux'),
  defineDistribution('linux', 'debian', 'Debian', 'debian gnu/linux'),
  defineDistribution('linux', 'oracle', 'Oracle Linux', 'oracle linux', 'ol'),
  defineDistribution('linux', 'fedora', 'Fedora', 'red hat fedora'),
  defineDistribution('linux', 'opensuse', 'openSUSE', 'suse opensuse'),
  defineDistribution('linux', 'photon', 'Photon OS', 'vmware photon os'),
  defineDistribution('linux', 'amazon', 'Amazon Linux', 'amazon linux'),
  defineDistribution('linux', 'coreos', 'CoreOS', 'coreos linux'),
  defineDistribution('linux', 'rocky', 'Rocky Linux', 'rocky linux'),
  defineDistribution('linux', 'almalinux', 'AlmaLinux'),
  defineDistribution('linux', 'asianux', 'Asianux'),
  defineDistribution('other', 'freebsd', 'FreeBSD', 'freebsd pre-11 versions'),
  defineDistribution('other', 'solaris', 'Solaris', 'oracle solaris', 'sun microsystems solaris'),
  defineDistribution('other', 'macos', 'macOS', 'apple mac os x', 'apple macos'),
  defineDistribution('other', 'esxi', 'ESXi', 'vmware esxi'),
  defineDistribution('other', 'netware', 'NetWare', 'novell netware'),
];

/** A Linux of which vCenter knows nothing more: "Other 3.x Linux", "Other 2.6.x or later Linux". */
const UNKNOWN_LINUX: Distribution = defineDistribution('linux', 'linux', 'Linux');

const BITS = / ?\(?\b(?:(32) ?bit|(64) ?bit|(x86|i[36]86)|(x64|x86_64|amd64))\b\)?/g;
const SERVICE_PACK = /(?<=^|[ \d])(?:sp|service pack) ?(?=\d{1,2}\b)/g;
const VERSION = /^(?:\d+(?:\.\d+)*(?:\.x)?(?:\/\d+(?:\.\d+)*)*|xp|vista|nt|me)$/;
const EDITION =
  /^(?:standard|datacenter|enterprise|web|foundation|essentials|nano|professional|pro|home|ultimate|education)$/;
/** Words that do not change the result: installation types, and parts of the names of editions and releases. */
const IGNORED_WORDS = new Set(['', 'core', 'edition', 'or', 'later', 'desktop', 'server', 'lts', 'release']);

/** All names of distributions, the longest first: "Microsoft Windows Server 2016" begins with the names of two. */
const NAMES = DISTRIBUTIONS.flatMap((distribution) =>
  distribution.names.map((name) => ({ distribution, name: normalizeSpaces(name) })),
).sort((a, b) => b.name.length - a.name.length);

/**
 * Parses the name of an operating system: a short id such as `rhel-7.3`, `sles-12-sp1` or
 * `windows-server-2016-nano`, or a full name as vCenter, RVTools and /etc/redhat-release write it, such as
 * "Microsoft Windows Server 2016 (64-bit)". Returns undefined for any other text.
 */
export function parseGuest(text: string): Guest | undefined {
  const full = normalizeSpaces(text);
  const bits = readBits(full);
  const name = full.replace(BITS, '').replace(SERVICE_PACK, ' sp').trim();
  if (/^other(?: \d[\w.]*)?(?: or later)? linux$/.test(name)) return guestFromWords(UNKNOWN_LINUX, [], bits);
  const found = NAMES.find((each) => name.startsWith(each.name));
  if (found === undefined) return undefined;
  const rest = name.slice(found.name.length);
  return /^(?:[ \d]|$)/.test(rest) ? guestFromWords(found.distribution, rest.split(' '), bits) : undefined;
}

/** Converts a text to lower case, with one space between words: `rhel-7.3` and "RHEL  7.3" become the same. */
function normalizeSpaces(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s,-]+/g, ' ')
    .trim();
}

function readBits(lower: string): 32 | 64 | undefined {
  const [match] = lower.matchAll(BITS);
  if (match === undefined) return undefined;
  return match[1] !== undefined || match[3] !== undefined ? 32 : 64;
}

/** Reads the words after the name of a distribution. Returns undefined if one of them is unknown. */
function guestFromWords(
  { family, distribution, title }: Distribution,
  words: readonly string[],
  written: 32 | 64 | undefined,
): Guest | undefined {
  const versions: string[] = [];
  let bits = written;
  let servicePack: number | undefined;
  let edition: string | undefined;
  for (const word of words) {
    const pack = /^sp(\d{1,2})$/.exec(word)?.[1];
    if (pack !== undefined) servicePack = Number(pack);
    else if (versions.length === 0 && VERSION.test(word)) {
      versions.push(...word.replace(/\.x$/, '').split('/'));
    } else if (word === '32' || word === '64') bits ??= word === '32' ? 32 : 64;
    else if (word === 'r2') versions.push(`${versions.pop() ?? ''}-r2`);
    else if (EDITION.test(word)) edition = word;
    else if (!IGNORED_WORDS.has(word) && !(family === 'linux' && CODE_NAME.test(word))) return undefined;
  }
  return asWindowsServer(
    {
      family,
      distribution,
      title,
      versions,
      orLater: words.includes('later'),
      ...(servicePack !== undefined && { servicePack }),
      ...(bits !== undefined && { bits }),
      ...(edition !== undefined && { edition }),
    },
    words,
  );
}

/** "Red Hat Enterprise Linux Server release 7.3 (Maipo)". */
const CODE_NAME = /^\([a-z]+\)$/;

/** From 2003 on, only versions of Windows Server are years: `windows-2016`. */
const SERVER_YEAR = /^20(?:0[3-9]|[1-9]\d)(?:-r2)?$/;

/**
 * Converts a guest whose name says Windows, but which is a server, to a Windows Server: "Microsoft Windows 2000 Server",
 * `windows-2012-r2`. Returns any other guest unchanged.
 * @param words the words after the name
 */
function asWindowsServer(guest: Guest, words: readonly string[]): Guest {
  const isServer = words.includes('server') || guest.versions.some((version) => SERVER_YEAR.test(version));
  if (guest.distribution !== 'windows' || !isServer) return guest;
  const versions = guest.versions.map((version) => (version === '8' ? WINDOWS_8_SERVER : version));
  return { ...guest, distribution: 'windows-server', title: 'Windows Server', versions };
}

/** Before Windows Server 2012 had a name, vCenter called it "Microsoft Windows 8 Server". */
const WINDOWS_8_SERVER = '2012';

type Licence = 'AWS' | 'BYOL';

/** The licence types that a guest can have, and the one that the service chooses for `Auto`. */
export interface LicenceRule {
  readonly allowed: readonly Licence[];
  readonly auto: Licence;
}

/** Source: founding document, "Licensing Information"; domain: licence types. */
const LICENCE_RULES: Readonly<Record<'windows-server' | 'windows-client' | 'linux', LicenceRule>> = {
  'windows-server': { allowed: ['AWS', 'BYOL'], auto: 'AWS' },
  'windows-client': { allowed: ['BYOL'], auto: 'BYOL' },
  linux: { allowed: ['BYOL'], auto: 'BYOL' },
};

/** Returns the licence types of a guest; undefined for systems that no source mentions. */
export function licenceRule({ family, distribution }: Guest): LicenceRule | undefined {
  if (family === 'other') return undefined;
  if (family === 'linux') return LICENCE_RULES.linux;
  return distribution === 'windows-server'
    ? LICENCE_RULES['windows-server']
    : LICENCE_RULES['windows-client'];
}

/**
 * Says that a service cannot migrate an operating system, and why. Returns nothing for a service that has no list of
 * supported systems (SMS has one: founding document, OS Supported), or if the system is supported or not known.
 */
export function unsupportedGuestMessage(
  { title, guests }: Pick<ServiceDefinition, 'title' | 'guests'>,
  os: string,
  guest: Guest,
): string | undefined {
  const reason = guests?.whyUnsupported(guest);
  return reason === undefined ? undefined : `${title} cannot migrate ${quote(os)}: ${reason}`;
}

/**
 * Says what cannot be checked of an operating system that landfall does not know, or not exactly. On a service without a
 * list of supported systems, that is only the licence.
 * @param service the service; absent: not known
 * @param guest the system that `os` names; absent: not known
 */
export function unknownGuestMessage(
  service: Pick<ServiceDefinition, 'guests'> | undefined,
  os: string,
  guest: Guest | undefined,
): string | undefined {
  const supportsAll = service !== undefined && service.guests === undefined;
  if (guest === undefined) {
    const unchecked = supportsAll ? 'licence is' : 'support and licence are';
    return `the operating system ${quote(os)} is unknown to landfall: its ${unchecked} not checked`;
  }
  if (supportsAll || guest.distribution !== 'linux') return undefined;
  return `${quote(os)} does not tell which Linux this is: its support is not checked`;
}

/** Whether the table of licences does not allow `licenseType: AWS` for a system. */
export function refusesAwsLicence(guest: Guest): boolean {
  return licenceRule(guest)?.allowed.includes('AWS') === false;
}
