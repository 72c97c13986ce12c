import { randomBytes } from 'node:crypto';
import { systemClock } from './clock.ts';
import { toUnwritableError } from './errors.ts';
import { parseFaults } from './faults.ts';
import { probe } from './http/control-client.ts';
import {
  answerControlRequest,
  ClientSessions,
  type ControlActions,
  isControlRequest,
} from './http/control.ts';
import { sendWhole } from './http/answer.ts';
import { type EndpointHandler, healthAnswer, listen, type Listener } from './http/server.ts';
import type { LocalEndpoint, LocalOptions } from './options.ts';
import { Service } from './service.ts';
import { makeFolder, removeState } from './storage/generation.ts';
import { FolderLock } from './storage/lock.ts';

/**
 * Starts the endpoint on a folder.
 * @param reset whether to remove the state of the folder first, even if it cannot be read
 * @throws LocalError as `startLocalEndpoint`
 */
export async function start(options: LocalOptions, reset: boolean): Promise<LocalEndpoint> {
  const { folder, clock = systemClock, port = 0, host = '127.0.0.1', allowedHosts = [], pid } = options;
  makeFolder(folder);
  const token = randomBytes(24).toString('hex');
  const sessions = new ClientSessions();
  // The lock file contains the port, so the server listens before the state is open. Until then it only answers `ping`;
  // all other requests wait.
  let service: Service | undefined;
  let markOpened: (service: Service) => void = () => undefined;
  // If the state cannot be opened, the connections of the requests that wait are closed.
  const opened = new Promise<Service>((resolve) => {
    markOpened = resolve;
  });
  const controls = controlActions(opened);
  const handler: EndpointHandler = {
    now: () => service?.now() ?? clock.now(),
    reply: async (request) => {
      if (isControlRequest(request)) return answerControlRequest(request, { token, sessions, controls });
      const open = await opened;
      const answer = healthAnswer(request);
      return answer === undefined ? open.reply(request) : { answer, send: sendWhole };
    },
  };
  const listener = await listen(handler, { port, host, allowedHosts });
  try {
    const since = new Date(clock.now()).toISOString();
    const holder = { url: listener.url, since, token, ...(pid === undefined ? {} : { pid }) };
    const lock = await FolderLock.acquire(folder, holder, probe);
    try {
      if (reset) removeState(folder);
      service = await openService(options, lock);
      markOpened(service);
    } catch (error) {
      lock.release();
      throw error;
    }
    return createEndpoint(service, listener, lock, sessions);
  } catch (error) {
    await listener.close();
    throw toUnwritableError(folder, error);
  }
}

async function openService(options: LocalOptions, lock: FolderLock): Promise<Service> {
  const { folder, inMemory = false, clock = systemClock, speed = 1, wireStyle = 'model' } = options;
  const { region, faults = {}, mgn = {}, imported = true } = options;
  return Service.open({
    folder,
    inMemory,
    clock,
    speed,
    wireStyle,
    region,
    faults: parseFaults(faults),
    mgn,
    imported,
    guard: lock.guard,
  });
}

function createEndpoint(
  service: Service,
  listener: Listener,
  lock: FolderLock,
  sessions: ClientSessions,
): LocalEndpoint {
  const close = async () => {
    await sessions.waitForEnd();
    await listener.close();
    service.close();
    lock.release();
  };
  let closing: Promise<void> | undefined;
  return {
    url: listener.url,
    port: listener.port,
    now: () => service.now(),
    advance: (milliseconds) => service.advance(milliseconds),
    load: async (source) => service.load(source),
    loadAgents: async (source, region) => service.loadAgents(source, region),
    reset: async () => service.reset(),
    setFaults: (faults) => {
      service.setFaults(parseFaults(faults));
    },
    close: () => (closing ??= close()),
  };
}

/** Returns the actions of the control paths. All but `ping` wait until the state is open. */
function controlActions(opened: Promise<Service>): ControlActions {
  return {
    ping: () => ({ landfall: 'local' }),
    visit: async () => {
      await opened;
      return {};
    },
    advance: async (body) => ({ now: (await opened).advance(Number(body.toString())) }),
    load: async (body) => (await opened).load(body),
    agents: async (body, query) => (await opened).loadAgents(body, query.get('region') ?? undefined),
    reset: async () => {
      await (await opened).reset();
      return {};
    },
    faults: async (body) => {
      (await opened).setFaults(parseFaults(JSON.parse(body.toString())));
      return {};
    },
  };
}
