import { MAX_NAME_LENGTH } from './limits.ts';
declare const brand: unique symbol;

/** A text of one meaning: another text, or one of another meaning, is not assignable to it. */
type Branded<Meaning extends string> = string & { readonly [brand]: Meaning };

/** The address of a VM, `wave/name`; unique in its target. */
export type Address = Branded<'Address'>;
/** The id that a service gives a server. */
export type ServerId = Branded<'ServerId'>;

// The constructors: each is called where such a text comes in, from a manifest, a service or a file.

export const toAddress = (text: string): Address => text as Address;
export const toServerId = (text: string): ServerId => text as ServerId;

/** A VM as text output names it. */
export interface NamedVm {
  readonly address: string;
  /** Absent: no wave has to do with it. */
  readonly wave?: string;
  /** Its name with what tells it from the other VMs of that name, `jenkins (vc-zrh)`; absent: no other has the name. */
  readonly label?: string;
}

/** Returns what people read for a VM under a heading with its wave: its label, or else its address without the wave. */
export function shortName({ address, wave, label }: NamedVm): string {
  if (label !== undefined) return label;
  return wave !== undefined && address.startsWith(`${wave}/`) ? address.slice(wave.length + 1) : address;
}

/** Returns what people read for a VM anywhere else: `wave/jenkins (vc-zrh)`, or else its address. */
export function fullName({ address, wave, label }: NamedVm): string {
  if (label === undefined) return address;
  return wave === undefined ? label : `${wave}/${label}`;
}

/** The form of the names of projects, waves and targets; the schemas repeat it. */
export const NAME_PATTERN = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$';
const NAME = new RegExp(NAME_PATTERN);

/** Whether a text can be the name of a project, a wave or a target. */
export function isManifestName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

/** Whether a text can be the name of an application or wave of MGN; schemas/wave.schema.json repeats the form. */
export function isApplicationName(name: string): boolean {
  return /^(?=.{1,256}$)[^\s\0]( *[^\s\0])*$/su.test(name) && !/\p{Cs}/u.test(name);
}

/** Controls, bidirectional overrides, zero-width characters, half surrogate pairs, line and paragraph separators. */
export const HIDDEN_CHARACTER = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
