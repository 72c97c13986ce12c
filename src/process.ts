import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from './cli/host.ts';
import type { Environment } from './core/environment.ts';
import { LandfallError } from './core/error.ts';

/**
 * The machine around this process, without a listener for interrupts: bin.ts and the library add theirs. Reading
 * `cwd` throws a LandfallError where the working folder has been deleted.
 */
export function processEnvironment(): Omit<Environment, 'onInterrupt'> {
  return {
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    pid: process.pid,
    isAlive,
    clock: {
      now: () => Date.now(),
      sleep: async (milliseconds, signal) => {
        // Thousands of throttled calls may wait for one signal; Node takes more than ten listeners for a leak.
        if (signal !== undefined) setMaxListeners(Infinity, signal);
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

/** Returns the working folder, which another process may have deleted. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new LandfallError('FILE_UNREADABLE', 'the working folder does not exist any more', {
      remedy: 'change to a folder that exists',
      cause,
    });
  }
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

/** Returns a stream of this process for `cli/`. */
export function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that goes away (`landfall apply | head`) ends neither the run nor its exit code. A disk that is full does not
  // end it either, but what the user asked for is not there: that is no success.
  let broken = false;
  stream.on('error', ({ code = 'unknown reason' }: NodeJS.ErrnoException) => {
    if (!broken && code !== 'EPIPE' && stream === process.stdout) {
      process.stderr.write(`error FILE_UNWRITABLE  stdout cannot be written: ${code}\n`);
      process.once('exit', (exitCode) => {
        if (exitCode === 0) process.exitCode = 1;
      });
    }
    broken = true;
  });
  return {
    write: (text) => {
      if (!broken) stream.write(text);
    },
    isTerminal: stream.isTTY,
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}
