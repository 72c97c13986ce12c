#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { main } from './cli/program.ts';
import type { Output } from './cli/host.ts';
import { processEnvironment } from './process.ts';

function output(stream: NodeJS.WriteStream): Output {
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

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const leave = new AbortController();
  terminal.once('close', () => {
    leave.abort();
  });
  try {
    return await terminal.question(question, { signal: leave.signal });
  } finally {
    terminal.close();
  }
}

// The SDK that locks are written with says at length, to whoever runs landfall, which Node it will want some day.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// The SDK warns of values of a wrong type with a stack trace. What is wrong with a response, landfall says itself.
Object.assign(console, { warn: () => undefined });

const interrupts = ['SIGINT', 'SIGTERM'] as const;

// Not a spread: the working folder is read in main(), which reports that it does not exist any more.
const host = Object.assign(processEnvironment(), {
  argv: process.argv.slice(2),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  ...(process.stdin.isTTY && { ask }),
  onInterrupt(callback: () => 'leave' | undefined) {
    const stop = (): void => {
      for (const signal of interrupts) process.off(signal, listen);
    };
    const listen = (signal: NodeJS.Signals): void => {
      if (callback() !== 'leave') return;
      stop();
      process.kill(process.pid, signal);
    };
    for (const signal of interrupts) process.on(signal, listen);
    return stop;
  },
});

process.exitCode = await main(host);
