// Starts the built-in endpoint for test/local/processes.ts: reports its URL or its error to the parent process, then answers
// the messages `memory` (size of this process in bytes) and `steps` (blocks of code of the endpoint that ran since the
// last such message).
// Usage: node test/local/serve.mjs ENDPOINT_MODULE FOLDER
import { Session } from 'node:inspector/promises';
import { dirname } from 'node:path';

const [, , endpoint, folder] = process.argv;
const session = new Session();

/** The sum of the execution counts of all blocks, as V8's coverage counts them; counting starts from zero with each call. */
async function steps() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.includes(dirname(endpoint)))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

const answers = { memory: () => process.memoryUsage().rss, steps };

try {
  const { startLocalEndpoint } = await import(endpoint);
  const { url } = await startLocalEndpoint({ folder, pid: process.pid });
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  process.on('message', async (question) => process.send({ [question]: await answers[question]() }));
  process.send({ url });
} catch (error) {
  process.send({ code: error.code, message: error.message });
  process.disconnect();
}
