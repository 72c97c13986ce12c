import { HIDDEN_CHARACTER } from '../../core/names.ts';
import type { Kind } from '../schemas.ts';
import { problem, type Problem } from '../source.ts';
import { describePath } from './pointers.ts';
import { isMap, keyRangeOf, mapAt, type Node, type Path, rangeOf, type ValueMap } from '../yaml/node.ts';

const VM_NAMES = ['name', 'path', 'serverId', 'vmManagerId', 'vmId', 'vmWareUuid'];

/** Removes the characters that cannot be seen from a name. */
export function removeHidden(name: string): string {
  return name.replace(new RegExp(HIDDEN_CHARACTER, 'gu'), '');
}

/** A name with a character that cannot be seen: two names that look the same may then differ. */
interface HiddenCharacter {
  readonly path: Path;
  /** It is in the key at the path, not in the value. */
  readonly isKey: boolean;
  readonly problem: Problem;
}

/** Finds the names of projects, waves, targets and VMs, and the paths, that have a character that cannot be seen. */
export function findHiddenCharacters(
  kind: Kind,
  value: ValueMap,
  root: Node,
  text: string,
): HiddenCharacter[] {
  const found: HiddenCharacter[] = [];
  const check = (name: unknown, path: Path, isKey = false): void => {
    if (typeof name !== 'string' || !HIDDEN_CHARACTER.test(name)) return;
    found.push({ path, isKey, problem: hiddenCharacter(name, path, isKey, root, text) });
  };
  check(mapAt(value, 'metadata')['name'], ['metadata', 'name']);
  if (kind === 'Project') {
    check(value['defaultTarget'], ['defaultTarget']);
    for (const name of Object.keys(mapAt(value, 'targets'))) check(name, ['targets', name], true);
    const globs = value['waves'];
    if (Array.isArray(globs)) for (const [index, glob] of globs.entries()) check(glob, ['waves', index]);
    return found;
  }
  const { target, vms } = mapAt(value, 'spec');
  check(target, ['spec', 'target']);
  if (!Array.isArray(vms)) return found;
  for (const [index, vm] of vms.entries()) {
    if (isMap(vm)) for (const key of VM_NAMES) check(vm[key], ['spec', 'vms', index, key]);
  }
  return found;
}

function hiddenCharacter(name: string, path: Path, isKey: boolean, root: Node, text: string): Problem {
  const at = name.search(HIDDEN_CHARACTER);
  const code = (name.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const what = isKey ? 'the name of the target' : describePath(path);
  const before = at === 0 ? 'at its beginning' : `after "${name.slice(0, at).slice(-MAX_BEFORE)}"`;
  const range = isKey ? keyRangeOf(root, path) : rangeOf(root, path);
  // A character that is written as an escape is not in the text itself.
  const inText = text.slice(range.start, range.end).search(HIDDEN_CHARACTER);
  const start = range.start + Math.max(0, inText);
  return problem(
    'name.hidden-character',
    inText < 0 ? range : { start, end: start + 1 },
    `${what} has the character U+${code}, which cannot be seen, ${before}`,
    path.includes('vms') ? OF_VM : 'remove the character',
  );
}

/** Longest part of a name before the character that a message repeats. */
const MAX_BEFORE = 40;

const OF_VM = 'remove the character; a VM whose name has it in vCenter can be identified by another key';
