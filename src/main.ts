import { main } from './cli/program.ts';
import { outputOf, processEnvironment } from './process.ts';

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
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

const interrupts = ['SIGINT', 'SIGTERM'] as const;

/** Runs the program once in this process, and sets the exit code. */
export async function run(): Promise<void> {
  // The SDK that locks are written with says at length, to whoever runs landfall, which Node it will want some day.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

  // The SDK warns of values of a wrong type with a stack trace. What is wrong with a response, landfall says itself.
  // A new object, since that of Node cannot be changed with --frozen-intrinsics.
  globalThis.console = { ...console, warn: () => undefined };

  // Not a spread: the working folder is read in main(), which reports that it does not exist any more.
  const host = Object.assign(processEnvironment(), {
    argv: process.argv.slice(2),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
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
}
