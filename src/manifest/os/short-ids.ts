import { LINUX, WINDOWS } from './supported.ts';

/** A short id for every version at the ends of the supported ranges and between: for "did you mean". */
export function shortIds(): string[] {
  const linux = Object.entries(LINUX).flatMap(([distribution, ranges]) =>
    ranges.flatMap(([low, high]) => between(low, high).map((version) => shortId(distribution, version))),
  );
  const windows = Object.entries(WINDOWS).flatMap(([distribution, versions]) =>
    versions.map(({ version }) => `${distribution}-${version}`),
  );
  return [...linux, ...windows];
}

function shortId(distribution: string, version: string): string {
  if (distribution !== 'sles') return `${distribution}-${version}`;
  const [major = '', pack = '0'] = version.split('.');
  return pack === '0' ? `sles-${major}` : `sles-${major}-sp${pack}`;
}

/** The versions that differ from the lowest to the highest in their last part; just the ends where more differs. */
function between(low: string, high: string): string[] {
  const [from, to] = [low.split('.'), high.split('.')];
  const stem = from.slice(0, -1).join('.');
  if (stem !== to.slice(0, -1).join('.')) return [low, high];
  const [first, last] = [Number(from.at(-1)), Number(to.at(-1))];
  return Array.from({ length: last - first + 1 }, (_, index) =>
    [stem, first + index].filter(String).join('.'),
  );
}
