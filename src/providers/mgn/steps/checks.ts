import { connect } from 'node:net';
import type { Check } from '../../../core/desired.ts';
import { LandfallError } from '../../../core/error.ts';
import type { StepRequest } from '../../../core/provider.ts';
import type { ClientOptions } from '../../aws/client.ts';
import type { ServerLookups } from '../batching.ts';
import { checkText } from '../gates.ts';

/** How long a check may take, unless it says otherwise, in milliseconds. */
const TIMEOUT = 10_000;
/** The most ids that DescribeInstances is asked for at once. */
const MAX_INSTANCES = 100;

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;

/**
 * Runs the checks of requests: those that fail keep their server from its step.
 * @returns why a server may not take its step, by its id
 */
export async function runChecks(
  requests: readonly StepRequest[],
  lookups: ServerLookups,
  options: ClientOptions,
): Promise<ReadonlyMap<string, LandfallError>> {
  const checked = requests.filter(({ checks = [] }) => checks.length > 0);
  if (checked.length === 0) return new Map();
  const instances = new Map<string, string>();
  for (const { id } of checked) {
    const instance = (await lookups.lookUp(id))?.launchedInstance?.ec2InstanceID;
    if (instance !== undefined) instances.set(id, instance);
  }
  const needing = checked.filter(({ checks = [] }) => checks.some(needsAddress));
  const addresses = await addressesOf(
    needing.flatMap(({ id }) => instances.get(id) ?? []),
    options,
  );
  const failures = checked.map(async ({ id, checks = [] }) => {
    const instance = instances.get(id) ?? '';
    const results = await Promise.all(
      checks.map((check) => failureOf(check, addresses.get(instance), options.local)),
    );
    const failed = results.flatMap((result) => result ?? []);
    return failed.length === 0 ? [] : [[id, checkFailedError(instance, failed)] as const];
  });
  return new Map((await Promise.all(failures)).flat());
}

function needsAddress(check: Check): boolean {
  return check.kind === 'tcp' ? check.host === undefined : check.url.includes('{address}');
}

function checkFailedError(instance: string, failures: readonly string[]): LandfallError {
  return new LandfallError('SERVICE_ERROR', `a check of ${instance} failed: ${failures.join('; ')}`, {
    source: 'user',
    remedy: 'look at the instance; once the checks succeed, the next apply takes the step',
  });
}

/** Reads the private addresses of instances, by their ids. Loads the SDK of EC2. */
export async function addressesOf(
  ids: readonly string[],
  options: ClientOptions,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { openEc2 } = await import('../launch/templates.ts');
  const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2');
  const { ec2 } = openEc2(options);
  try {
    const addresses = new Map<string, string>();
    for (let start = 0; start < ids.length; start += MAX_INSTANCES) {
      const InstanceIds = ids.slice(start, start + MAX_INSTANCES);
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      for (const { InstanceId, PrivateIpAddress } of Reservations.flatMap(
        ({ Instances = [] }) => Instances,
      )) {
        if (InstanceId !== undefined && PrivateIpAddress !== undefined)
          addresses.set(InstanceId, PrivateIpAddress);
      }
    }
    return addresses;
  } finally {
    ec2.destroy();
  }
}

/** Runs one check. Returns in words why it failed; undefined: it succeeded. */
async function failureOf(
  check: Check,
  address: string | undefined,
  local: boolean,
): Promise<string | undefined> {
  if (needsAddress(check) && address === undefined)
    return `${checkText(check)}: EC2 knows no private address`;
  const filled: Check =
    check.kind === 'tcp'
      ? { ...check, host: check.host ?? address ?? '' }
      : { ...check, url: check.url.replaceAll('{address}', address ?? '') };
  const host = filled.kind === 'tcp' ? (filled.host ?? '') : hostOf(filled.url);
  if (host === undefined) return `${checkText(filled)}: that is not a URL`;
  if (local && !LOOPBACK.test(host)) {
    return `${checkText(filled)}: a local target connects to this machine only`;
  }
  try {
    await (filled.kind === 'tcp' ? openPort(host, filled.port, timeoutOf(check)) : getUrl(filled));
    return undefined;
  } catch (error) {
    return `${checkText(filled)}: ${reasonOf(error)}`;
  }
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function timeoutOf({ timeout = TIMEOUT }: Check): number {
  return timeout;
}

async function openPort(host: string, port: number, timeout: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, timeout });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error('no answer in time'));
    });
    socket.once('error', reject);
  });
}

async function getUrl(check: Check & { readonly kind: 'http' }): Promise<void> {
  const response = await fetch(check.url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutOf(check)),
  });
  await response.body?.cancel();
  if (response.status !== check.status) throw new Error(`status ${response.status}, not ${check.status}`);
}

/** Says why a connection failed. `fetch failed` says less than its cause. */
function reasonOf(thrown: unknown): string {
  const error = thrown as { readonly name?: string; readonly cause?: { readonly message?: string } } & Error;
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause?.message ?? error.message;
}
