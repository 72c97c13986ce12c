/**
 * The text of an export as RVTools, Excel or PowerShell may have saved it: UTF-8 or UTF-16 either way round, with or
 * without a byte order mark, or else the Windows code page of western Europe. Never throws.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes);
  // An export begins with a letter or a quote: a zero beside it tells the byte order where no mark does.
  if (bytes.length > 1 && second === 0 && first !== 0) return decoded('utf-16le', bytes);
  if (bytes.length > 1 && first === 0 && second !== 0) return decoded('utf-16be', bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decoded('windows-1252', bytes);
  }
}

function decoded(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}
