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
