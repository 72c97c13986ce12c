import type { Context } from './context.ts';

/** Whether the user has asked a run to stop. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Interrupts are as usual again. */
  readonly end: () => void;
}

/** The first Ctrl-C (or SIGTERM) stops the starting of changes; after it, the next one ends the program as usual. */
export function listenForInterrupt({ host, log }: Context): Interruption {
  const stop = new AbortController();
  const end = host.onInterrupt(() => {
    end();
    stop.abort();
    log('Stopping: what is in flight will finish. Interrupt again to leave at once.\n');
  });
  return { signal: stop.signal, end };
}
