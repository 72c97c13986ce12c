// Writes the projects and inventories that are measured, and starts the endpoint.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env } from './measure.mjs';

/** The program that is measured: what `npm run build` has made. */
export const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
export const VMS_PER_FILE = 100;
export const IN_FLIGHT = 50;

/** Writes a project of `count` VMs. `lines` are further lines of each VM, `target` of the target. */
export function writeProject(
  folder,
  count,
  { endpoint, provider = 'sms', defaults, lines = '', target = '' },
) {
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
    provider: ${provider}
    region: us-west-2
    endpoint: ${endpoint}
    limits: { activeReplications: ${count}, apiRequests: ${IN_FLIGHT} }
${target}`,
  );
  for (let wave = 0; wave * VMS_PER_FILE < count; wave += 1) {
    const vms = Array.from({ length: Math.min(VMS_PER_FILE, count - wave * VMS_PER_FILE) }, (_, index) => {
      const number = wave * VMS_PER_FILE + index;
      return `    - name: vm-${number}
      path: /Datacenters/DC/vm/bench/vm-${number}
      description: Server ${number} of the bench
${lines}`;
    });
    writeFileSync(
      join(folder, 'waves', `wave-${wave}.yaml`),
      `apiVersion: landfall/v1
kind: Wave
metadata: { name: wave-${wave} }
spec:
${defaults === undefined ? '' : `  defaults:\n${defaults}`}  vms:
${vms.join('')}`,
    );
  }
}

export function writeInventory(file, count) {
  const rows = [
    'VM,Powerstate,Template,Folder,Datacenter,Cluster,Host,OS according to the configuration file,VM ID,VM UUID,VI SDK Server,VI SDK UUID',
  ];
  for (let number = 0; number < count; number += 1) {
    const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    rows.push(
      `vm-${number},poweredOn,False,bench,DC,C1,esx1,Red Hat Enterprise Linux 7 (64-bit),vm-${number},${uuid},vcenter.bench,8DA3177D-A94E-4989-80E0-EE8A8A2E9586`,
    );
  }
  writeFileSync(file, `${rows.join('\n')}\n`);
}

/** Starts the endpoint of AWS SMS in a process of its own; resolves to its URL and a way to stop it. */
export function startEndpoint(folder, latency) {
  return startServer([bin, 'local', 'start', '--port', '0', '--latency', String(latency)], folder);
}

/** Starts an endpoint of AWS MGN that has an inventory of `count` VMs and allows all of them to replicate. */
export function startMgnEndpoint(folder, count) {
  const file = (name) => fileURLToPath(new URL(name, import.meta.url));
  const args = [join(folder, 'inventory.csv'), String(count), join(folder, 'state')];
  return startServer(['--import', file('../typescript.mjs'), file('./mgn-endpoint.mjs'), ...args], folder);
}

function startServer(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  /** Ends the endpoint, which may still write its state. */
  const stop = async () => {
    child.kill();
    await ended;
  };
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the endpoint ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0];
      if (url !== undefined) resolve({ url, stop });
    });
  });
}

/** The number of API calls that `--verbose` speaks of. */
export const callsOf = ({ stderr }) => Number(/in (\d+) API calls/.exec(stderr)?.[1] ?? NaN);
