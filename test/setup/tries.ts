/**
 * Returns how many random cases a property tries. Tests try a few, the same on every machine; `npm run test:explore` tries
 * twenty times as many, and others each time.
 */
export function tries(count: number): { readonly numRuns: number } {
  return { numRuns: process.env['EXPLORE'] === undefined ? count : 20 * count };
}
