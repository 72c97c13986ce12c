// Counts the calls of plans and applies on AWS MGN, beside the least that its API allows.
import { measure, row } from './measure.mjs';
import { bin, callsOf, startMgnEndpoint, writeProject } from './project.mjs';

/** Calls of the listings of a plan, with the largest pages: five of few items, and the servers. */
const listings = (count) => 5 + Math.ceil(count / 1000);

/** What git says of each VM, and the calls for one server, and for 200, that this needs. */
const CASES = [
  ['nothing named', '', 0, 0],
  ['an os, for its licence', '      os: rhel-7.3\n', 1, 0],
  [
    'launch, replication',
    '      mgn: { launch: { copyTags: false }, replication: { bandwidthThrottling: 0 } }\n',
    2,
    0,
  ],
  ['a template', '      mgn: { launch: { template: { monitoring: true } } }\n', 1, 1],
];

const TARGET =
  '    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }\n    guards: { maxUpdates: 100% }\n';

/** Measures an apply that creates all servers, and plans of them. */
export async function benchMgn(count, inFolder) {
  console.log(`\nAWS MGN, ${count.toLocaleString('en')} servers`);
  await inFolder(count, async (folder) => {
    const endpoint = await startMgnEndpoint(folder, count);
    const write = (lines) =>
      writeProject(folder, count, { endpoint: endpoint.url, provider: 'mgn', target: TARGET, lines });
    write('');
    await measure([bin, 'mgn', 'init', 'bench', '--auto-approve'], folder);
    row('apply (all creates)', await measure([bin, 'apply', '--auto-approve', '--quiet'], folder));
    for (const [name, lines, each, eachPage] of CASES) {
      write(lines);
      const plan = await measure([bin, 'plan', '--verbose'], folder);
      const least = listings(count) + each * count + eachPage * Math.ceil(count / 200);
      row(`plan, ${name}`, plan, `${callsOf(plan)} calls, least ${least}`);
    }
    await endpoint.stop();
  });
}
