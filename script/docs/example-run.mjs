// A real run of landfall on the built-in endpoint, for the picture of a plan: a wave that has been applied, and changed since.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/program.ts';

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
defaultTarget: local
targets:
  local: { provider: sms, region: us-west-2, endpoint: local }
`;

const wave = (vms) => `apiVersion: landfall/v1
kind: Wave
metadata: { name: portal }
spec:
  limits: { activeReplications: 8 }
  defaults: { frequency: 12, licenseType: Auto }
  vms:
${vms.map((vm) => `    - { ${vm} }\n`).join('')}`;

const BEFORE = wave([
  'name: p-portal-web01, os: centos-7.6',
  'name: p-portal-web02, os: centos-7.6',
  'name: p-portal-web03, os: centos-7.6',
  'name: p-portal-web04, os: centos-7.6',
  'name: p-portal-app01, os: centos-7.6',
  'name: p-portal-db01, os: rhel-7.3',
]);

const AFTER = wave([
  'name: p-portal-web01, os: centos-7.6',
  'name: p-portal-web02, os: centos-7.6',
  'name: p-portal-web03, os: centos-7.6',
  'name: p-portal-app01, os: centos-7.6, runOnce: true',
  'name: p-portal-db01, os: rhel-7.3, frequency: 4',
  'name: p-cms-web01, os: ubuntu-16.04',
  'name: p-cms-web02, os: ubuntu-16.04',
  'name: p-cms-db01, os: ubuntu-16.04, licenseType: AWS',
  'name: p-payroll-web01, os: windows-server-2016',
  'name: p-payroll-web02, os: windows-server-2016',
]);

/** What `plan` prints of the changed wave, on a terminal with colours and as Markdown; the same at any time. */
export async function exampleRun() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-example-'));
  const run = (...argv) => landfall(folder, argv);
  try {
    mkdirSync(join(folder, 'waves'));
    writeFileSync(join(folder, 'landfall.yaml'), PROJECT);
    writeFileSync(join(folder, 'waves', 'portal.yaml'), BEFORE);
    await run('apply', '--auto-approve');
    writeFileSync(join(folder, 'waves', 'portal.yaml'), AFTER);
    return { terminal: await run('plan'), markdown: await run('plan', '--format', 'markdown') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs landfall in this process, at a time that stands still; what it prints comes back. */
async function landfall(cwd, argv) {
  let [stdout, stderr] = ['', ''];
  const screen = { isTerminal: argv.length === 1, columns: 100, rows: 40 };
  const nothing = () => undefined;
  const code = await main({
    argv,
    env: {},
    cwd,
    stdout: { write: (text) => void (stdout += text), ...screen },
    stderr: { write: (text) => void (stderr += text), ...screen },
    clock: { now: () => Date.parse('2026-11-23T08:00:00Z'), sleep: () => Promise.resolve() },
    every: () => nothing,
    onInterrupt: () => nothing,
  });
  // A plan in which a VM is refused ends with 3.
  if (code !== 0 && code !== 3) throw new Error(`landfall ${argv.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
