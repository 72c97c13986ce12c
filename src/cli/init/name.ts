import { LandfallError } from '../../core/error.ts';

const FORM = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LONGEST = 63;

/** A project's name made from the name of its folder, as far as that has letters or digits. */
export function nameFrom(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'datacenter' : name;
}

/**
 * Holds a name against the rule of the project's schema.
 * @throws LandfallError USAGE
 */
export function requireName(name: string): string {
  if (name.length <= LONGEST && FORM.test(name)) return name;
  throw new LandfallError('USAGE', `${JSON.stringify(name)} cannot be the name of a project`, {
    remedy: `use lower-case letters, digits and hyphens, with a letter or digit at both ends, such as ${nameFrom(name)}`,
  });
}
