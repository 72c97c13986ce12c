import type { Environment } from '../core/environment.ts';
import { hideSecrets, rememberVariables } from '../core/text.ts';

/** One of the two streams a program writes to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 where it is not known. */
  readonly columns: number;
  /** Height in lines; 24 where it is not known. */
  readonly rows: number;
}

/** The machine around the program: `bin.ts` makes one from `process`, a test makes its own. */
export interface Host extends Environment {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Returns a host whose streams get no secret: neither credentials of the environment, nor those that the run gets later. */
export function hostWithoutSecrets(host: Host): Host {
  rememberVariables(host.env);
  const streams = { stdout: withoutSecrets(host.stdout), stderr: withoutSecrets(host.stderr) };
  // Not a spread: reading the working folder throws where it has been deleted, and here nothing reports that.
  const copy = Object.defineProperties({} as Host, Object.getOwnPropertyDescriptors(host));
  return Object.assign(copy, streams);
}

function withoutSecrets(output: Output): Output {
  return {
    write: (text) => {
      output.write(hideSecrets(text));
    },
    isTerminal: output.isTerminal,
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
  };
}
