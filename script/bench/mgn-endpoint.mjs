// An endpoint of AWS MGN in a process of its own, with the VMs of an inventory and a quota for all of them.
// Usage: node --import script/typescript.mjs script/bench/mgn-endpoint.mjs INVENTORY COUNT FOLDER [FAULTS]
import { readFileSync } from 'node:fs';
import { startLocalEndpoint } from '../../src/local/index.ts';

const [inventory, count, folder, faults = '{}'] = process.argv.slice(2);
const quotas = { replicatingServers: Number(count), serversPerApplication: Number(count) };
const endpoint = await startLocalEndpoint({
  ...{ folder, inMemory: true, faults: JSON.parse(faults) },
  mgn: { initialized: true, quotas },
});
await endpoint.load(readFileSync(inventory));
console.log(endpoint.url);
