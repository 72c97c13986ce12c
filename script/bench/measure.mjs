// Runs programs to their end and measures them.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';

const probe = new URL('./probe.mjs', import.meta.url).href;

/** The environment of measured programs: credentials that nothing checks, and no settings of the user. */
export const env = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-west-2',
  AWS_DEFAULT_REGION: 'us-west-2',
};

/** Runs a program of Node: seconds, processor seconds, peak memory in MB, exit code and what it printed. */
export function measure(args, cwd, more = {}) {
  return run(process.execPath, ['--import', probe, ...args], cwd, more);
}

/** Runs a program that writes its own measurement to file descriptor 3, as the probe does. */
export function run(program, args, cwd, more = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const text = ['', '', '', ''];
    for (const fd of [1, 2, 3]) child.stdio[fd].on('data', (chunk) => (text[fd] += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      const { kilobytes = NaN, cpu = NaN } = text[3] === '' ? {} : JSON.parse(text[3]);
      resolve({
        ...{ seconds, code, cpu: cpu / 1000, megabytes: kilobytes / 1024 },
        ...{ stdout: text[1], stderr: text[2] },
      });
    });
  });
}

/** Runs two programs in turns, so that both have the same share of the machine. Resolves to the medians of each. */
export async function inTurns(times, ...programs) {
  const results = programs.map(() => []);
  for (let time = 0; time < times; time += 1)
    for (const [index, program] of programs.entries()) results[index].push(await program());
  return results.map((all) => all.sort((a, b) => a.cpu - b.cpu)[Math.floor(all.length / 2)]);
}

/** Prints one measurement. */
export function row(name, { seconds, cpu, megabytes, code }, more = '') {
  const times = `${cpu.toFixed(2).padStart(8)} s cpu ${seconds.toFixed(2).padStart(8)} s`;
  const failed = code === 0 ? '' : `  exit ${code}`;
  console.log(`  ${name.padEnd(26)} ${times} ${megabytes.toFixed(0).padStart(6)} MB${failed}  ${more}`);
}

/** Prints how one measurement compares with another, and what is wanted. */
export function ratio(what, value, wanted) {
  console.log(`    ${what}: ${value.toFixed(2)} × (wanted: at most ${wanted.toFixed(2)})`);
}

/** Prints a measured value beside the largest that is wanted. */
export function compare(what, value, unit, wanted) {
  console.log(`    ${what}: ${value.toFixed(1)} ${unit} (wanted: at most ${wanted} ${unit})`);
}
