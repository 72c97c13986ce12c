import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './core/environment.ts';

/** The machine around this process, without a listener for interrupts: bin.ts and the library add theirs. */
export function processEnvironment(): Omit<Environment, 'onInterrupt'> {
  return {
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    isAlive,
    clock: {
      now: () => Date.now(),
      sleep: async (milliseconds, signal) => {
        await sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => undefined);
      },
    },
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds).unref();
      return () => {
        clearInterval(timer);
      };
    },
  };
}

function isAlive(pid: number): boolean {
  // A lock with this process's own id was left before this machine, or this container, was started.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is there and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
