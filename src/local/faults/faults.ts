/** A share of the requests, from 0 to 1; of all operations, or only of those named. */
export type Rate = number | { readonly rate: number; readonly operations?: readonly string[] };

export type Stage = 'Uploading' | 'Converting';

/** What is to go wrong; its form is in faults.schema.json. */
export interface Faults {
  readonly seed?: number;
  readonly throttling?: Rate;
  readonly internalErrors?: Rate;
  readonly lostReplies?: Rate;
  readonly cutReplies?: Rate;
  /** Milliseconds, real time. */
  readonly latency?: number;
  readonly unhealthyConnectors?: readonly string[];
  readonly failures?: readonly {
    readonly server: string;
    readonly stage: Stage;
    readonly message?: string;
  }[];
  readonly launchFailures?: readonly {
    readonly server: string;
    readonly of?: 'test' | 'cutover';
    readonly message?: string;
  }[];
  readonly stalls?: readonly {
    readonly server: string;
    readonly error?: string;
    readonly message?: string;
  }[];
  readonly dedicatedHosts?: readonly string[];
}
