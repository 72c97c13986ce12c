import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment, Workspace } from '../core/environment.ts';
import { LandfallError, type Place } from '../core/error.ts';
import type * as Local from '../local/index.ts';
import { checkManifests } from '../manifest/check.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { decode, Source } from '../manifest/source.ts';
import { nodeAt, rangeOf, toValue } from '../manifest/yaml/node.ts';
import { readYaml } from '../manifest/yaml/read.ts';
import { DEFAULT_PROVIDER, SERVICES } from '../providers/registry.ts';
import { reasonOf } from './files.ts';
import { type InvalidManifests, type Manifests, readValidManifests } from './manifests.ts';
import { findOptionalProjectFile, localFolder } from './project-files.ts';

/**
 * Runs `use` with the module of the built-in endpoint, which is loaded only now.
 * @param placeOf finds the place of a wrong value in a fault file
 * @throws LandfallError LOCAL_… for each LocalError
 */
export async function withLocalModule<T>(
  use: (local: typeof Local) => Promise<T>,
  placeOf?: FaultFile['placeOf'],
): Promise<T> {
  const local = await import('../local/index.ts');
  try {
    return await use(local);
  } catch (error) {
    if (!(error instanceof local.LocalError)) throw error;
    const place = error.path && placeOf?.(error.path);
    throw new LandfallError(`LOCAL_${error.code}`, error.message, {
      remedy: error.remedy,
      cause: error,
      ...(place !== undefined && { place }),
    });
  }
}

/** Creates the endpoint's clock: the time of the host, and timers in real time. */
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
 * Connects to the endpoint that serves `folder`, or starts one in this process, until `close()`.
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

/**
 * Returns the folder with the state of the built-in endpoint.
 * @param state the folder that the user names; absent: the folder of the project
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function requireStateFolder(workspace: Workspace, state: string | undefined): string {
  return findStateFolder(workspace, state) ?? missingProject();
}

function findStateFolder(workspace: Workspace, state: string | undefined): string | undefined {
  if (state !== undefined) return resolve(workspace.host.cwd, state);
  const projectFile = findOptionalProjectFile(workspace);
  return projectFile === undefined ? undefined : localFolder(projectFile);
}

function missingProject(): never {
  throw new LandfallError('PROJECT_NOT_FOUND', 'there is no landfall.yaml here or in a folder above', {
    remedy:
      'give the folder with the state of the built-in endpoint, with --state FOLDER; or change to the folder of your project, or give its file with --project FILE',
  });
}

/** The folder of an endpoint that `local start` serves. */
export interface ServedFolder extends Disposable {
  /** Absolute. */
  readonly folder: string;
  /** Whether the folder is deleted when the endpoint stops. */
  readonly isTemporary: boolean;
}

/** Returns the folder that the user names or that of the project; without a project, a new temporary folder. */
export function openServedFolder(workspace: Workspace, state: string | undefined): ServedFolder {
  const folder = findStateFolder(workspace, state);
  if (folder !== undefined) return { folder, isTemporary: false, [Symbol.dispose]: () => undefined };
  const temporary = mkdtempSync(join(tmpdir(), 'landfall-local-'));
  return {
    folder: temporary,
    isTemporary: true,
    [Symbol.dispose]: () => {
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/**
 * Returns the manifests for a command on one account. With `state` there is no project: the targets are the services of
 * the built-in endpoint that has its state in that folder, each with the name of its service.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function readAccountManifests(
  workspace: Workspace,
  state: string | undefined,
): Manifests | InvalidManifests {
  if (state === undefined) {
    if (findOptionalProjectFile(workspace) === undefined) missingProject();
    return readValidManifests(workspace);
  }
  const stateFolder = resolve(workspace.host.cwd, state);
  const targets = SERVICES.map(
    ({ name }) => `${name}: { provider: ${name}, region: us-west-2, endpoint: local }`,
  );
  const text = `apiVersion: landfall/v1
kind: Project
metadata: { name: landfall-local }
defaultTarget: ${DEFAULT_PROVIDER}
targets: { ${targets.join(', ')} }
`;
  const manifest = readManifest(new Source('landfall.yaml', text), 'project file');
  const { desired, concerns } = checkManifests(manifest, [], [], workspace.host.clock.now());
  if (desired === undefined) {
    throw new LandfallError('INTERNAL', 'the project of the built-in endpoint is invalid', {
      source: 'landfall',
    });
  }
  const projectFile = join(stateFolder, 'landfall.yaml');
  return { kind: 'valid', projectFile, stateFolder, desired, concerns, files: [], globs: [] };
}

/** A file of faults for the built-in endpoint. */
export interface FaultFile {
  /** The content; the endpoint checks it. */
  readonly faults: Local.Faults;
  /** Finds the place of a value by its path. Returns nothing for a value that the file does not have. */
  readonly placeOf: (path: readonly string[]) => Place | undefined;
}

/**
 * Reads a file of faults, in YAML or JSON.
 * @throws LandfallError FILE_UNREADABLE, or LOCAL_BAD_FAULTS with the place where it is not valid YAML
 */
export function readFaultFile({ cwd }: Environment, file: string): FaultFile {
  const path = resolve(cwd, file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${reasonOf(cause)}`, {
      remedy: existsSync(path) ? 'give a YAML or JSON file with faults' : 'check the name of the file',
      cause,
    });
  }
  const { text, problem } = decode(bytes);
  const source = new Source(file, text);
  const { roots, problems } = readYaml(text);
  const [wrong] = problem === undefined ? problems : [problem];
  const [root, second] = roots;
  if (wrong !== undefined || second !== undefined) {
    throw new LandfallError('LOCAL_BAD_FAULTS', wrong?.message ?? 'the file has a second document', {
      remedy: wrong?.remedy ?? 'write one document with all faults',
      place: source.place(wrong?.start ?? second?.start ?? 0),
    });
  }
  if (root === undefined) return { faults: {}, placeOf: () => undefined };
  return {
    faults: (toValue(root) ?? {}) as Local.Faults,
    placeOf: (of) =>
      of.length > 0 && nodeAt(root, of.slice(0, 1)) === undefined
        ? undefined
        : source.place(rangeOf(root, of).start),
  };
}
