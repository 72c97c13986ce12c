// Makes calls that do nothing but fail, with Node's own HTTP client: no SDK, no signature. What they take is the least that
// any client takes with the endpoint and its latency, and afterwards the endpoint is no program that has just started.
import { Agent, request } from 'node:http';

const BODY = JSON.stringify({
  serverId: 's-of-nobody',
  seedReplicationTime: 1,
  frequency: 12,
  licenseType: 'BYOL',
});
const HEADERS = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AWSServerMigrationService_V2016_10_24.CreateReplicationJob',
  'x-amz-date': '20261201T000000Z',
  // The endpoint checks the form of a signature.
  authorization: `AWS4-HMAC-SHA256 Credential=bench/20261201/us-west-2/sms/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
};

/** Makes `count` calls, `inFlight` of them at the same time. Resolves to seconds. */
export async function makeBareCalls(url, count, inFlight) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const call = () =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { ...HEADERS, 'content-length': BODY.length } };
      const sent = request(url, options, (response) => response.on('end', resolve).resume());
      sent.on('error', reject).end(BODY);
    });
  let begun = 0;
  const started = performance.now();
  const callInTurns = async () => {
    while (begun++ < count) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, callInTurns));
  agent.destroy();
  return (performance.now() - started) / 1000;
}
