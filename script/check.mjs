// Runs every `check:` script of package.json but check:package, as many at a time as there are cores, and prints what each
// printed when it ends.
// Usage: node script/check.mjs
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:') && name !== 'check:package');

/** Runs a script of npm; resolves to whether it passed. */
function run(name) {
  const started = Date.now();
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = Math.round((Date.now() - started) / 1000);
      console.log(`${code === 0 ? 'passed' : 'FAILED'}: npm run ${name} (${seconds} s)`);
      process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/** Takes scripts from the list until none is left; resolves to whether all of them passed. */
async function work() {
  let passed = true;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    passed = (await run(name)) && passed;
  }
  return passed;
}

const results = await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = results.every(Boolean) ? 0 : 1;
