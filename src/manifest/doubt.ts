import { JOB_SETTINGS, type JobSetting } from './settings.ts';
import type { Path } from './yaml/node.ts';

/** Whether it is uncertain what a mapping says of a setting, as the schema found something wrong there. */
export type Doubt = (setting: JobSetting) => boolean;

/** Keys of VMs and defaults that cannot be a setting with a typing mistake. */
const OTHER_KEYS = [
  'name',
  'path',
  'serverId',
  'vmManagerId',
  'vmId',
  'vmWareUuid',
  'os',
  'adopt',
  'protect',
  'mgn',
] as const;
const KNOWN: ReadonlySet<string> = new Set<string>([...JOB_SETTINGS, ...OTHER_KEYS]);

/**
 * What is in doubt in the mapping at `path`: a setting whose value is wrong; any setting at all where a key is
 * unknown, as that may be the setting misspelt, or where the whole mapping is wrong.
 */
export function doubtOf(wrong: readonly Path[], path: Path): Doubt {
  if (wrong.length === 0) return () => false;
  const within = wrong.filter((each) =>
    each.every((step, index) => index >= path.length || same(step, path[index])),
  );
  const keys = new Set(within.map((each) => each[path.length]));
  const all = [...keys].some((key) => !KNOWN.has(String(key)));
  return (setting) => all || keys.has(setting);
}

function same(step: string | number, other: string | number | undefined): boolean {
  return String(step) === String(other);
}
