import { quote } from '../../core/text.ts';
import { type Rule, vmConcern } from './rule.ts';

/** A white space that is not an ordinary one, or an ordinary one at an end. */
const ODD_SPACE = /^ | $|(?! )\p{Zs}/u;

/** Spaces that people do not see: the VM is not found if vCenter shows the name without them. */
export const nameSpaces: Rule = {
  id: 'name.spaces',
  check: ({ vms }) =>
    vms.flatMap((vm) =>
      (['name', 'path'] as const).flatMap((key) => {
        const text = vm.reference[key];
        if (text === undefined || !ODD_SPACE.test(text)) return [];
        const message = `${key} ${quote(text)} ${describeSpace(text)}`;
        const remedy = `remove it, unless the ${key} in vCenter has it`;
        return [vmConcern('name.spaces', vm, key, { message, remedy })];
      }),
    ),
};

function describeSpace(text: string): string {
  if (text.startsWith(' ')) return 'begins with a space';
  if (text.endsWith(' ')) return 'ends with a space';
  const [space = ''] = /(?! )\p{Zs}/u.exec(text) ?? [];
  const code = (space.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has the character U+${code}, which looks like a space`;
}
