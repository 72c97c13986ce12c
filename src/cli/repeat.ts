import type { Host } from './host.ts';

/**
 * Takes a step, again after each interval, until one says that it was the last, or the user interrupts: the step
 * under way then ends, and the next Ctrl-C ends the program as usual.
 * @param interval in milliseconds
 * @param step resolves to whether there is more to wait for
 * @returns whether it was interrupted
 */
export async function repeat(host: Host, interval: number, step: () => Promise<boolean>): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  const stopListening = host.onInterrupt(() => {
    stopListening();
    stop.abort();
  });
  try {
    while (!signal.aborted && (await step())) await host.clock.sleep(interval, signal);
    return signal.aborted;
  } finally {
    stopListening();
  }
}
