import { DISTRIBUTIONS, SOME_LINUX, type Distribution } from './distributions.ts';
import type { Guest } from './guest.ts';
import { tellServer } from './server.ts';

const BITS = / ?\(?\b(?:(32) ?bit|(64) ?bit|(x86|i[36]86)|(x64|x86_64|amd64))\b\)?/g;
const PACK = /(?<=^|[ \d])(?:sp|service pack) ?(?=\d{1,2}\b)/g;
const VERSION = /^(?:\d+(?:\.\d+)*(?:\.x)?(?:\/\d+(?:\.\d+)*)*|xp|vista|nt|me)$/;
const EDITION =
  /^(?:standard|datacenter|enterprise|web|foundation|essentials|nano|professional|pro|home|ultimate|education)$/;
/** Words that tell nothing: installation types, and how editions and releases are written. */
const FILLER = new Set(['', 'core', 'edition', 'or', 'later', 'desktop', 'server', 'lts', 'release']);

/** All names of distributions, the longest first: "Microsoft Windows Server 2016" begins with the names of two. */
const NAMES = DISTRIBUTIONS.flatMap((distribution) =>
  distribution.names.map((name) => ({ distribution, name: spaced(name) })),
).sort((a, b) => b.name.length - a.name.length);

/**
 * Understands the name of an operating system: a short id such as `rhel-7.3`, `sles-12-sp1` or
 * `windows-server-2016-nano`, or a full name as vCenter, RVTools and /etc/redhat-release write it, such as
 * "Microsoft Windows Server 2016 (64-bit)". Undefined for any other text.
 */
export function parseGuest(text: string): Guest | undefined {
  const full = spaced(text);
  const bits = readBits(full);
  const name = full.replace(BITS, '').replace(PACK, ' sp').trim();
  if (/^other(?: \d[\w.]*)?(?: or later)? linux$/.test(name)) return guest(SOME_LINUX, [], bits);
  const found = NAMES.find((each) => name.startsWith(each.name));
  if (found === undefined) return undefined;
  const rest = name.slice(found.name.length);
  return /^(?:[ \d]|$)/.test(rest) ? guest(found.distribution, rest.split(' '), bits) : undefined;
}

/** In lower case, its words one space apart: `rhel-7.3` and "RHEL  7.3" are the same. */
function spaced(text: string): string {
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

/** Reads the words behind the name; undefined if one of them means nothing. */
function guest(
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
    else if (!FILLER.has(word) && !(family === 'linux' && CODE_NAME.test(word))) return undefined;
  }
  return tellServer(
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
