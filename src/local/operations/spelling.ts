export type WireStyle = 'model' | 'console';

/** How an enum value is written on the wire. */
export type Spelling = (value: string) => string;

/** States of the catalogue stay in capitals, as `NOT IMPORTED` does. */
const CATALOG = new Set(['IMPORTING', 'AVAILABLE']);
const FIXED: Readonly<Record<string, string>> = { VSPHERE: 'vSphere', VIRTUAL_MACHINE: 'VIRTUAL_MACHINE' };

/**
 * `model`: as in the API model. `console`: as in the founding document's transcripts
 * (`Pending`, `Automatic`, `vSphere`).
 */
export function spelling(style: WireStyle): Spelling {
  if (style === 'model') return (value) => value;
  return (value) => {
    if (CATALOG.has(value)) return value;
    const words = value.replaceAll('_', ' ');
    return FIXED[value] ?? words.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  };
}
