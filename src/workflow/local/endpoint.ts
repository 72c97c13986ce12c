import { join, resolve } from 'node:path';
import type { Environment, Workspace } from '../../core/environment.ts';
import { LandfallError, type Place } from '../../core/error.ts';
import type * as Local from '../../local/index.ts';
import { quote } from '../../core/text.ts';
import { checkManifests, readManifest } from '../../manifest/check.ts';
import { Source } from '../../manifest/source.ts';
import { DEFAULT_PROVIDER, SERVICES } from '../../providers/registry.ts';
import { type InvalidManifests, type Manifests, readValidManifests } from '../manifests.ts';
import { findOptionalProjectFile, localFolder } from '../project-files.ts';

/**
 * Waits for a call of the built-in endpoint.
 * @param placeOf finds the place of what is wrong in the file of the user
 * @throws LandfallError LOCAL_… for each LocalError
 */
export async function localCall<T>(
  call: Promise<T>,
  placeOf?: (error: Local.LocalError) => Place | undefined,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { LocalError } = await import('../../local/index.ts');
    if (!(error instanceof LocalError)) throw error;
    const place = placeOf?.(error);
    throw new LandfallError(`LOCAL_${error.code}`, error.message, {
      remedy: error.remedy,
      cause: error,
      ...(place !== undefined && { place }),
    });
  }
}

/** Finds the place of a value in a file by its path. Returns nothing for a value that the file does not have. */
export type PlaceFinder = (path: readonly string[]) => Place | undefined;

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
export async function openLocalEndpoint(
  { host }: Workspace,
  folder: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const local = await import('../../local/index.ts');
  return localCall(
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

/** Returns the folder that the user names or that of the project; undefined without a project. */
export function findStateFolder(workspace: Workspace, state: string | undefined): string | undefined {
  if (state !== undefined) return resolve(workspace.host.cwd, state);
  const projectFile = findOptionalProjectFile(workspace);
  return projectFile === undefined ? undefined : localFolder(projectFile);
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

function checkRegion(region: string, state: string | undefined): void {
  if (state === undefined) {
    throw new LandfallError('USAGE', '--region is for --state only: each target of a project has a region', {
      remedy: 'choose a target with --target, or give the folder of an endpoint with --state',
    });
  }
  if (REGION.test(region)) return;
  throw new LandfallError('USAGE', `${quote(region)} is not the name of a region`, {
    remedy: 'write a name such as eu-central-1',
  });
}

function missingProject(): never {
  throw new LandfallError('PROJECT_NOT_FOUND', 'there is no landfall.yaml here or in a folder above', {
    remedy:
      'give the folder with the state of the built-in endpoint, with --state FOLDER; or change to the folder of your project, or give its file with --project FILE',
  });
}

/**
 * Returns the manifests for a command on one account. With `state` there is no project: the targets are the services of
 * the built-in endpoint that has its state in that folder, each with the name of its service, in the region that is given, that of
 * the environment, or us-west-2.
 * @throws LandfallError PROJECT_NOT_FOUND, or USAGE for a region without `state`, or that is none
 */
export async function readAccountManifests(
  workspace: Workspace,
  { state, region: given }: { readonly state?: string; readonly region?: string },
): Promise<Manifests | InvalidManifests> {
  if (given !== undefined) checkRegion(given, state);
  if (state === undefined) {
    if (findOptionalProjectFile(workspace) === undefined) missingProject();
    return await readValidManifests(workspace);
  }
  const stateFolder = resolve(workspace.host.cwd, state);
  // As in every AWS tool; the names of regions have no characters that YAML knows.
  const { AWS_REGION, AWS_DEFAULT_REGION } = workspace.host.env;
  const named = given ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? '';
  const region = REGION.test(named) ? named : 'us-west-2';
  const targets = SERVICES.map(
    ({ name }) => `${name}: { provider: ${name}, region: ${region}, endpoint: local }`,
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
