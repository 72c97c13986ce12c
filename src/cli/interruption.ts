import type { Context } from './context.ts';

/** Whether the user has asked a run to stop. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Aborted when the user asks again, right before the program ends. */
  readonly leaving: AbortSignal;
  /** Interrupts are as usual again. */
  readonly end: () => void;
}

/** The first Ctrl-C (or SIGTERM) stops the starting of changes; the next one ends the program. */
export function listenForInterrupt({ host, log }: Context): Interruption {
  const stop = new AbortController();
  const leave = new AbortController();
  const end = host.onInterrupt(() => {
    if (stop.signal.aborted) {
      leave.abort();
      return 'leave';
    }
    stop.abort();
    log('Stopping: what is in flight will finish. Interrupt again to leave at once.\n');
    return undefined;
  });
  return { signal: stop.signal, leaving: leave.signal, end };
}
