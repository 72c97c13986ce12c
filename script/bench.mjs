// Measures validate, plan and apply beside programs that do the same, on the same files, in turns. The endpoint is in
// another process. Compare ratios between runs on one machine, not seconds between machines.
// Usage: npm run bench [-- start sms mgn scale 10000]   Parts and numbers of VMs; absent: all parts, 1,000 to 100,000 VMs.
// For `scale`, the number is that of a target, of which there are 40: `-- scale 250` takes a tenth of the time.
// Peers: ajv-cli (AJV=file, or on the path), and boto3 with the model of sms (PYTHON=file, or python3).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBareCalls } from './bench/bare.mjs';
import { compare, inTurns, measure, ratio, row } from './bench/measure.mjs';
import { benchMgn } from './bench/mgn.mjs';
import { ajvPeer, botoPeer } from './bench/peers.mjs';
import { benchScale } from './bench/scale.mjs';
import {
  bin,
  callsOf,
  IN_FLIGHT,
  startEndpoint,
  VMS_PER_FILE,
  writeInventory,
  writeProject,
} from './bench/project.mjs';

const LATENCY_MS = 20;
const LARGEST_PAGE = 1_000;
/** Calls that the endpoint answers before an apply is measured. */
const BARE_CALLS = 5_000;
const DEFAULTS =
  '    frequency: 12\n    licenseType: BYOL\n    roleName: sms\n    numberOfRecentAmisToKeep: 3\n';
const OS = '      os: rhel-7.3\n';
const parts = process.argv.slice(2).filter((word) => !/^\d+$/.test(word));
const numbers = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
const sizes = numbers.length > 0 ? numbers : [1_000, 10_000, 100_000];
/** Node's own variable; landfall's kept code is not read or written. */
const WITHOUT_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' };
const isWanted = (part) => parts.length === 0 || parts.includes(part);

async function inFolder(count, run) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-bench-'));
  try {
    writeInventory(join(folder, 'inventory.csv'), count);
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts an endpoint that has the inventory, for a project of `count` VMs. */
async function serve(folder, count, latency) {
  writeProject(folder, count, { endpoint: 'local', defaults: DEFAULTS, lines: OS });
  rmSync(join(folder, '.landfall'), { recursive: true, force: true });
  await measure([bin, 'local', 'load', 'inventory.csv'], folder);
  const endpoint = await startEndpoint(folder, latency);
  writeProject(folder, count, { endpoint: endpoint.url, defaults: DEFAULTS, lines: OS });
  return endpoint;
}

/** What is wanted of this many VMs: peak memory in MB, and processor seconds. */
const LARGEST = { count: 100_000, validate: { megabytes: 250 }, plan: { megabytes: 400, seconds: 8 } };

/** Processor seconds of smaller projects, by command. */
const before = new Map();

/** Prints memory and time of the largest project beside what is wanted, and how the time for a VM grows with the project. */
function compareLargest(command, { cpu, megabytes }, count) {
  const smaller = before.get(command);
  before.set(command, { cpu, count });
  if (count !== LARGEST.count) return;
  const wanted = LARGEST[command];
  compare(`${command}: memory`, megabytes, 'MB', wanted.megabytes);
  if (wanted.seconds !== undefined) compare(`${command}: processor time`, cpu, 's', wanted.seconds);
  if (smaller !== undefined)
    ratio(
      `${command}: time for a VM to that with ${smaller.count} VMs`,
      cpu / count / (smaller.cpu / smaller.count),
      1,
    );
}

/** Seconds that changes took, by the program's own words. */
const changesOf = ({ stdout }) => Number(/(?:in|took) ([\d.]+) s/.exec(stdout)?.[1] ?? NaN);

async function benchSms(count, ajv, boto) {
  console.log(`\nAWS SMS, ${count.toLocaleString('en')} VMs in ${Math.ceil(count / VMS_PER_FILE)} files`);
  const times = count > 10_000 ? 1 : 3;
  await inFolder(count, async (folder) => {
    let endpoint = await serve(folder, count, 0);
    const [validate, checked] = await inTurns(
      times,
      () => measure([bin, 'validate'], folder),
      ...(ajv === undefined ? [] : [() => ajv(folder)]),
    );
    row('validate', validate);
    compareLargest('validate', validate, count);
    if (checked !== undefined) {
      row('  ajv-cli', checked, checked.code === 0 ? '' : checked.stderr.slice(0, 200));
      ratio('validate to ajv-cli', validate.cpu / checked.cpu, 1);
    }
    const [plan, listed] = await inTurns(
      times,
      () => measure([bin, 'plan', '--verbose'], folder),
      ...(boto === undefined ? [] : [() => boto('plan', endpoint.url, folder)]),
    );
    const pages = Math.ceil(count / LARGEST_PAGE);
    row('plan (all creates)', plan, `${callsOf(plan)} calls, least ${pages + 2}`);
    compareLargest('plan', plan, count);
    if (listed !== undefined) {
      row('  boto3 script', listed, listed.stdout.trim());
      ratio('plan to the script', plan.cpu / listed.cpu, 1);
    }
    await endpoint.stop();

    endpoint = await serve(folder, count, LATENCY_MS);
    const bare = await makeBareCalls(endpoint.url, BARE_CALLS, IN_FLIGHT);
    const apply = await measure([bin, 'apply', '--auto-approve', '--quiet'], folder);
    const bound = (count * LATENCY_MS) / IN_FLIGHT / 1000;
    row('apply', apply, `${changesOf(apply)} s for changes, bound ${bound.toFixed(1)} s`);
    ratio(`apply to calls × ${LATENCY_MS} ms ÷ ${IN_FLIGHT}`, changesOf(apply) / bound, 1.1);
    console.log(
      `    a bare HTTP client to the same: ${((bare / BARE_CALLS / LATENCY_MS) * IN_FLIGHT * 1000).toFixed(2)} ×`,
    );
    const again = await measure([bin, 'plan', '--verbose'], folder);
    row('plan (no changes)', again, `${callsOf(again)} calls, least ${2 * pages + 1}`);
    await endpoint.stop();
    if (boto === undefined || count > 10_000) return;
    endpoint = await serve(folder, count, LATENCY_MS);
    await makeBareCalls(endpoint.url, BARE_CALLS, IN_FLIGHT);
    const pool = await boto('apply', endpoint.url, folder, String(IN_FLIGHT));
    row(`  boto3, ${IN_FLIGHT} threads`, pool, `${changesOf(pool)} s for changes`);
    ratio('apply to the threads', changesOf(apply) / changesOf(pool), 0.45);
    await endpoint.stop();
  });
}

const ajv = ajvPeer();
const boto = botoPeer();
if (isWanted('start'))
  await inFolder(3, async (folder) => {
    const endpoint = await serve(folder, 3, 0);
    const [node, version, validate, plan, firstValidate, firstPlan] = await inTurns(
      10,
      () => measure(['-e', '0'], folder),
      () => measure([bin, '--version'], folder),
      () => measure([bin, 'validate'], folder),
      () => measure([bin, 'plan'], folder),
      () => measure([bin, 'validate'], folder, WITHOUT_CACHE),
      () => measure([bin, 'plan'], folder, WITHOUT_CACHE),
    );
    await endpoint.stop();
    for (const [what, { code, cpu }, wanted] of [
      ['--version', version, 1.2],
      ['validate of 3 VMs', validate, 2.5],
      ['plan of 3 VMs', plan, 4],
    ])
      ratio(`landfall ${what}${code === 0 ? '' : ` (exit ${code})`} to node -e 0`, cpu / node.cpu, wanted);
    for (const [what, { cpu }] of [
      ['validate', firstValidate],
      ['plan', firstPlan],
    ])
      console.log(
        `    ${what} without compiled code (first run, pipelines): ${(cpu / node.cpu).toFixed(2)} ×`,
      );
  });
if (isWanted('sms')) for (const size of sizes) await benchSms(size, ajv, boto);
if (isWanted('mgn'))
  for (const size of numbers.length > 0 ? numbers : [400, 4_000]) await benchMgn(size, inFolder);
if (isWanted('scale'))
  for (const size of numbers.length > 0 ? numbers : [2_500]) await benchScale(size, inFolder);
