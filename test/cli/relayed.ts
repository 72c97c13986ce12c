import { join } from 'node:path';
import { findRunning } from '../../src/local/index.ts';
import { Relay } from './relay.ts';
import { type Service, SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

/** What a process needs to talk to a URL: credentials, of whatever kind. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' };

/** A project whose calls go through a relay that the test watches. */
export interface Relayed {
  readonly world: ScratchProject;
  readonly relay: Relay;
  /** The endpoint itself, past the relay. */
  readonly url: string;
  dispose(): Promise<void>;
}

/**
 * @param apiRequests calls in flight at once
 * @param service what the account is ready for
 */
export async function relayedWorld(apiRequests = 4, service: Service = SERVICES[0]): Promise<Relayed> {
  const world = new ScratchProject({
    'landfall.yaml': service.project(`, limits: { apiRequests: ${apiRequests} }`),
  });
  await world.serve({});
  await service.ready(world);
  const url = (await findRunning(join(world.folder, '.landfall', 'local')))?.url ?? '';
  const relay = await Relay.open(url);
  world.write(
    'landfall.yaml',
    world.read('landfall.yaml').replace('endpoint: local', `endpoint: "${relay.url}"`),
  );
  return {
    world,
    relay,
    url,
    async dispose() {
      await relay.close();
      await world.dispose();
    },
  };
}
