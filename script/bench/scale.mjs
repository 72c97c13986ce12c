// Measures a project of 40 targets that 1, 2, 4 and 8 runners plan, each some of the targets, and the merge of their plans.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compare, measure, ratio, row } from './measure.mjs';
import { bin, startEndpoint, VMS_PER_FILE } from './project.mjs';

const TARGETS = 40;
const RUNNERS = [1, 2, 4, 8];
const nameOf = (index) => `target-${String(index).padStart(2, '0')}`;

/** Writes a project whose targets have `each` VMs: those of one inventory, since nothing is applied. */
function writeTargets(folder, each, endpoint) {
  const targets = Array.from(
    { length: TARGETS },
    (_, index) => `  ${nameOf(index)}:
    { provider: sms, region: us-west-2, endpoint: '${endpoint}', limits: { activeReplications: ${each} } }
`,
  );
  const head =
    'apiVersion: landfall/v1\nkind: Project\nmetadata: { name: bench }\nwaves: [waves/**/*.yaml]\n';
  writeFileSync(join(folder, 'landfall.yaml'), `${head}targets:\n${targets.join('')}`);
  for (let index = 0; index < TARGETS; index += 1) {
    mkdirSync(join(folder, 'waves', nameOf(index)), { recursive: true });
    for (let wave = 0; wave * VMS_PER_FILE < each; wave += 1)
      writeFileSync(
        join(folder, 'waves', nameOf(index), `wave-${wave}.yaml`),
        waveOf(nameOf(index), wave, each),
      );
  }
}

function waveOf(target, wave, each) {
  const count = Math.min(VMS_PER_FILE, each - wave * VMS_PER_FILE);
  const vms = Array.from({ length: count }, (_, index) => {
    const vm = `vm-${wave * VMS_PER_FILE + index}`;
    return `    - name: ${vm}\n      path: /Datacenters/DC/vm/bench/${vm}\n      os: rhel-7.3\n`;
  });
  return `apiVersion: landfall/v1
kind: Wave
metadata: { name: ${target}-wave-${wave} }
spec:
  target: ${target}
  defaults: { frequency: 12, licenseType: BYOL }
  vms:
${vms.join('')}`;
}

/** Has so many runners plan all targets at the same time, each its share of them. Resolves to the measurements of each. */
function planBy(runners, folder) {
  const shares = Array.from({ length: runners }, (_, runner) =>
    Array.from({ length: TARGETS }, (__, index) => index).filter((index) => index % runners === runner),
  );
  return Promise.all(
    shares.map((share, runner) => {
      const flags = share.flatMap((index) => ['--target', nameOf(index)]);
      const out = join(folder, 'plans', `runner-${runner}.plan`);
      return measure([bin, 'plan', ...flags, '--quiet', '--out', out], folder, { CI: 'true' });
    }),
  );
}

const most = (results, key) => Math.max(...results.map((result) => result[key]));

/** @param each VMs of a target */
export async function benchScale(each, inFolder) {
  const vms = TARGETS * each;
  console.log(
    `\n${TARGETS} targets of ${each.toLocaleString('en')} VMs on AWS SMS, on ${availableParallelism()} processors`,
  );
  await inFolder(each, async (folder) => {
    writeTargets(folder, each, 'local');
    await measure([bin, 'local', 'load', 'inventory.csv'], folder);
    const endpoint = await startEndpoint(folder, 0);
    writeTargets(folder, each, endpoint.url);
    row('validate: all manifests', await measure([bin, 'validate'], folder, { CI: 'true' }));
    const one = await measure([bin, 'plan', '--target', nameOf(0)], folder, { CI: 'true' });
    row('plan of one target', one);
    let alone;
    for (const runners of RUNNERS) {
      rmSync(join(folder, 'plans'), { recursive: true, force: true });
      mkdirSync(join(folder, 'plans'));
      const started = performance.now();
      const results = await planBy(runners, folder);
      const seconds = (performance.now() - started) / 1000;
      const code = most(results, 'code');
      const longest = { seconds, cpu: most(results, 'cpu'), megabytes: most(results, 'megabytes'), code };
      const all = results.reduce((sum, { cpu }) => sum + cpu, 0);
      row(`${runners} at a time: longest`, longest, `all of them: ${all.toFixed(1)} s cpu`);
      alone ??= longest;
      // What a runner of one target takes, for all manifests are read, and its share of the other targets.
      const bound = one.cpu + ((alone.cpu - one.cpu) * (TARGETS / runners - 1)) / (TARGETS - 1);
      if (runners > 1)
        ratio(`the longest of ${runners} to 1`, longest.cpu / alone.cpu, (1.2 * bound) / alone.cpu);
    }
    await endpoint.stop();
    console.log(
      `  merge of ${vms.toLocaleString('en')} VMs in ${readdirSync(join(folder, 'plans')).length} plans`,
    );
    const mergeArgs = [bin, 'merge', 'plans', '--write', 'markdown=plan.md', '--quiet'];
    row('merge', await measure(mergeArgs, folder, { CI: 'true' }));
    await measure([bin, 'targets', '--format', 'json', '--out', 'targets.json'], folder, { CI: 'true' });
    const listed = await measure([...mergeArgs, '--expect', 'targets.json'], folder, { CI: 'true' });
    row('merge --expect: no manifests', listed);
    if (vms >= 100_000) compare('merge --expect: processor time', listed.cpu, 's', 3);
  });
}
