// Measures validate, plan and apply for 1,000, 10,000 and 100,000 VMs against the local endpoint in another process.
// Usage: npm run bench [-- 1000 10000]   Compare ratios between runs on one machine, not seconds between machines.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const probe = new URL('./bench-probe.mjs', import.meta.url).href;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000];
const IN_FLIGHT = 50;
const LATENCY_MS = 20;
const VMS_PER_FILE = 100;
const LARGEST_PAGE = 1_000;
const env = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-west-2',
};

/** Runs a program to its end: seconds, peak memory in MB, exit code and what it printed. */
function measure(args, cwd) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', probe, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const text = ['', '', '', ''];
    for (const fd of [1, 2, 3]) child.stdio[fd].on('data', (chunk) => (text[fd] += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ seconds, code, megabytes: Number(text[3]) / 1024, stdout: text[1], stderr: text[2] });
    });
  });
}

function writeProject(folder, count, endpoint) {
  mkdirSync(join(folder, 'waves'), { recursive: true });
  writeFileSync(
    join(folder, 'landfall.yaml'),
    `apiVersion: landfall/v1
kind: Project
metadata: { name: bench }
waves: [waves/**/*.yaml]
defaultTarget: bench
targets:
  bench:
    provider: sms
    region: us-west-2
    endpoint: ${endpoint}
    limits: { activeReplications: ${count}, apiRequests: ${IN_FLIGHT} }
`,
  );
  for (let wave = 0; wave * VMS_PER_FILE < count; wave += 1) {
    const vms = Array.from({ length: VMS_PER_FILE }, (_, index) => {
      const number = wave * VMS_PER_FILE + index;
      return `    - name: vm-${number}
      path: /Datacenters/DC/vm/bench/vm-${number}
      os: rhel-7.3
      licenseType: BYOL
      description: Server ${number} of the bench
`;
    });
    writeFileSync(
      join(folder, 'waves', `wave-${wave}.yaml`),
      `apiVersion: landfall/v1
kind: Wave
metadata: { name: wave-${wave} }
spec:
  defaults:
    frequency: 12
    roleName: sms
    numberOfRecentAmisToKeep: 3
  vms:
${vms.join('')}`,
    );
  }
}

function writeInventory(file, count) {
  const rows = [
    'VM,Powerstate,Template,Folder,Datacenter,Cluster,Host,OS according to the configuration file,VM ID,VM UUID,VI SDK Server,VI SDK UUID',
  ];
  for (let number = 0; number < count; number += 1) {
    rows.push(
      `vm-${number},poweredOn,False,bench,DC,C1,esx1,Red Hat Enterprise Linux 7 (64-bit),vm-${number},${number},vcenter.bench,8DA3177D-A94E-4989-80E0-EE8A8A2E9586`,
    );
  }
  writeFileSync(file, `${rows.join('\n')}\n`);
}

/** Starts the endpoint in a process of its own; resolves to its URL and a way to stop it. */
function startEndpoint(folder) {
  const child = spawn(
    process.execPath,
    [bin, 'local', 'start', '--port', '0', '--latency', String(LATENCY_MS)],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the endpoint ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0];
      if (url !== undefined) resolve({ url, stop: () => child.kill() });
    });
  });
}

/** The number of API calls that `--verbose` speaks of. */
const calls = (stderr) => Number(/in (\d+) API calls/.exec(stderr)?.[1] ?? NaN);

function row(name, { seconds, megabytes, code }, more = '') {
  console.log(
    `  ${name.padEnd(22)} ${seconds.toFixed(2).padStart(8)} s ${megabytes.toFixed(0).padStart(6)} MB  exit ${code}  ${more}`,
  );
}

async function best(times, run) {
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await run());
  return results.sort((a, b) => a.seconds - b.seconds)[0];
}

async function bench(count) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-bench-'));
  try {
    writeInventory(join(folder, 'inventory.csv'), count);
    writeProject(folder, count, 'local');
    await measure([bin, 'local', 'load', 'inventory.csv'], folder);
    const endpoint = await startEndpoint(folder);
    writeProject(folder, count, endpoint.url);

    const files = Math.ceil(count / VMS_PER_FILE);
    console.log(
      `${count.toLocaleString('en')} VMs in ${files} files, ${LATENCY_MS} ms a call, ${IN_FLIGHT} in flight`,
    );
    row('validate', await measure([bin, 'validate'], folder));
    const pages = Math.ceil(count / LARGEST_PAGE);
    const empty = await measure([bin, 'plan', '--verbose'], folder);
    row('plan (all creates)', empty, `${calls(empty.stderr)} calls, least ${pages + 2}`);
    const apply = await measure([bin, 'apply', '--auto-approve', '--quiet'], folder);
    const ideal = ((count + pages) * LATENCY_MS) / IN_FLIGHT / 1000;
    const engine = Number(/in ([\d.]+) s/.exec(apply.stdout)?.[1] ?? NaN);
    row(
      'apply',
      apply,
      `changes took ${engine} s = ${((engine * 1000 * IN_FLIGHT) / (count * LATENCY_MS)).toFixed(2)} × calls × latency ÷ ${IN_FLIGHT}; floor ${ideal.toFixed(1)} s`,
    );
    const again = await measure([bin, 'plan', '--verbose'], folder);
    row('plan (no changes)', again, `${calls(again.stderr)} calls, least ${2 * pages + 1}`);
    endpoint.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const node = await best(10, () => measure(['-e', '0'], tmpdir()));
const start = await best(10, () => measure([bin, '--version'], tmpdir()));
console.log(
  `landfall --version takes ${(start.seconds / node.seconds).toFixed(2)} × node -e 0 (${(start.seconds * 1000).toFixed(0)} ms)`,
);
for (const size of sizes) await bench(size);
