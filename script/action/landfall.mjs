import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/**
 * Runs landfall as a process of its own, and waits for it whatever signals come: it drains and gives its lock back.
 * @param show whether what it prints on stdout goes to the log as well
 * @param quiet whether what it says on stderr is left out
 * @returns its exit code and what it printed
 */
export function landfall(argv, { env, cwd, token, show = false, quiet = false }) {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    cwd,
    env: childEnv(env, token),
    stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'pipe'],
  });
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  const chunks = [];
  child.stdout.on('data', (chunk) => {
    chunks.push(chunk);
    if (show) process.stdout.write(chunk);
  });
  // Into the same stream, since the runner reads two of them in no order: `asText` is to hold for all of it.
  child.stderr?.on('data', (chunk) => process.stdout.write(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, pass);
      resolve({ code: code ?? 128 + constants.signals[signal], stdout: Buffer.concat(chunks).toString() });
    });
  });
}

/** The token is for the one command that needs it; inputs are for none. */
function childEnv(env, token) {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('INPUT_'));
  return { ...Object.fromEntries(others), ...(token && { LANDFALL_PLATFORM_TOKEN: token }) };
}
