import type { Guest } from '../../core/guest.ts';

type Licence = 'AWS' | 'BYOL';

/** What the wire can say of a guest's licence, and what the service makes of `Auto`. */
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

/** The licences of a guest; undefined for systems no source speaks of. */
export function licenceRule({ family, distribution }: Guest): LicenceRule | undefined {
  if (family === 'other') return undefined;
  if (family === 'linux') return LICENCE_RULES.linux;
  return distribution === 'windows-server'
    ? LICENCE_RULES['windows-server']
    : LICENCE_RULES['windows-client'];
}
