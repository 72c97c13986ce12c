import type { Environment, Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import type * as Local from '../local/index.ts';

/** The built-in endpoint, loaded when it is needed; its own errors come out as landfall's. */
export async function withLocalModule<T>(use: (local: typeof Local) => Promise<T>): Promise<T> {
  const local = await import('../local/index.ts');
  try {
    return await use(local);
  } catch (error) {
    if (!(error instanceof local.LocalError)) throw error;
    throw new LandfallError(`LOCAL_${error.code}`, error.message, { remedy: error.remedy, cause: error });
  }
}

/** The endpoint's clock: the host's time, so that its simulation moves as the program's does, and real timers. */
export function localClock({ clock }: Environment): Local.LocalClock {
  return {
    now: () => clock.now(),
    setTimer(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/**
 * The endpoint that serves `folder`: the one that does so already, or one in this process until `close()`.
 * @throws LandfallError LOCAL_…
 */
export function openLocalEndpoint(
  { host }: Workspace,
  folder: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  return withLocalModule((local) =>
    local.openLocalEndpoint({
      folder,
      clock: localClock(host),
      ...(host.pid !== undefined && { pid: host.pid }),
    }),
  );
}
