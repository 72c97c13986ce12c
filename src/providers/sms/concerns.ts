import { type Concern, raiseForTarget, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import { byText } from '../../core/lists.ts';
import type { Deadline, VmStage } from '../../core/journey.ts';
import { DAY } from '../../core/limits.ts';
import { fullName } from '../../core/names.ts';
import type { CatalogState, Observed, ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { quoteShellWord } from '../../core/text.ts';
import { displayInstant, type Instant } from '../../core/time.ts';

/** Days before the end of the 90 days from which a plan warns of it. */
const ENDING_WARNING_DAYS = 14;

const CATALOG_STATE_TEXTS: Readonly<Record<CatalogState, string>> = {
  available: 'is imported',
  importing: 'is still being imported',
  'not-imported': 'is not imported',
  deleted: 'has been deleted',
  expired: 'has expired',
  unknown: 'is in a state that landfall does not know',
};

/** Checks an account of AWS SMS: its catalogue, and the connectors that must replicate. */
export const accountConcerns: ProviderTraits['accountConcerns'] = (
  target,
  observed,
  missing,
  replicating,
) => [
  ...catalogConcerns(target, observed, missing),
  ...(replicating === undefined ? [] : connectorConcerns(target, observed, replicating)),
];

/**
 * Checks the state of the server catalogue. One concern for all of the `missing` VMs, since each would have the same
 * message.
 */
function catalogConcerns(target: string, { catalog }: Observed, missing: number): readonly Concern[] {
  const state = `the server catalogue of target "${target}" ${CATALOG_STATE_TEXTS[catalog]}`;
  const importing = catalog === 'importing';
  if (catalog !== 'available' && missing > 0) {
    const vms = missing === 1 ? '1 VM of the manifests is' : `${missing} VMs of the manifests are`;
    return [
      raiseForTarget('catalog.unavailable', target, {
        message: `${state}: ${vms} not in it`,
        remedy: importing
          ? 'wait a minute and plan again'
          : 'run `landfall catalog import`, wait until the import has finished and plan again',
      }),
    ];
  }
  if (!importing) return [];
  return [
    raiseForTarget('catalog.importing', target, {
      message: `${state}: more VMs may appear that match a name`,
      remedy: 'wait a minute and plan again',
    }),
  ];
}

/**
 * Finds what does not replicate because no connector is healthy: the whole target, or the `servers` of a vCenter whose
 * connectors are not healthy.
 */
function connectorConcerns(
  target: string,
  { connectors }: Observed,
  servers: readonly ObservedServer[],
): readonly Concern[] {
  const healthy = connectors.filter((connector) => connector.healthy);
  if (healthy.length === 0) {
    return [
      raiseForTarget('connector.none-healthy', target, {
        message: noHealthyConnector(target, connectors),
        remedy: CONNECTOR_REMEDY,
      }),
    ];
  }
  // A connector that names no vCenter may serve any.
  if (healthy.some(({ vmManagerId }) => vmManagerId === undefined)) return [];
  const served = new Set(healthy.flatMap(({ vmManagerId: id }) => [id, id?.toLowerCase()]));
  const stranded = new Map<string, number>();
  for (const { vmManagerId, vmManagerName } of servers) {
    if (vmManagerId === undefined || served.has(vmManagerId)) continue;
    if (served.has(vmManagerId.toLowerCase())) continue;
    const vCenter = vmManagerName ?? vmManagerId;
    stranded.set(vCenter, (stranded.get(vCenter) ?? 0) + 1);
  }
  return [...stranded]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([vCenter, count]) =>
      raiseForTarget('connector.none-healthy', target, {
        message: `no connector of vCenter "${vCenter}" is healthy on target "${target}": ${count === 1 ? '1 VM does' : `${count} VMs do`} not replicate`,
        remedy: CONNECTOR_REMEDY,
      }),
    );
}

/** Describes why no run of a server can start: no healthy connector reaches its vCenter. Undefined: one does. */
export function connectorProblem(
  { vmManagerId, vmManagerName }: ObservedServer,
  { connectors }: Observed,
): string | undefined {
  const reaches = (connector: Observed['connectors'][number]): boolean =>
    vmManagerId === undefined ||
    connector.vmManagerId === undefined ||
    connector.vmManagerId === vmManagerId ||
    connector.vmManagerId.toLowerCase() === vmManagerId.toLowerCase();
  if (connectors.some((connector) => connector.healthy && reaches(connector))) return undefined;
  const own = connectors.filter(reaches);
  const [down] = own;
  const where = vmManagerName ?? vmManagerId;
  if (down === undefined) {
    return where === undefined
      ? 'the account has no connector'
      : `vCenter ${where} has no connector: install one`;
  }
  const name = where === undefined ? down.id : `${down.id} of ${where}`;
  return own.length > 1
    ? `all ${own.length} connectors of ${where ?? 'the account'} are down: restart one`
    : `connector ${name} is down: restart it`;
}

const CONNECTOR_REMEDY =
  'start a Server Migration Connector in the datacenter, and see `landfall connectors list`';

function noHealthyConnector(target: string, { length }: Observed['connectors']): string {
  const state =
    length === 0
      ? `target "${target}" has no connector`
      : length === 1
        ? `the one connector of target "${target}" is not healthy`
        : `none of the ${length} connectors of target "${target}" is healthy`;
  return `${state}: nothing replicates`;
}

/** Raises what a reviewer must know of the state of a job that a plan keeps. */
export function jobConcerns(
  vm: DesiredVm,
  { id, state, statusMessage }: ObservedJob,
  { stage, deadlines, detail }: VmStage,
  now: Instant,
): readonly Concern[] {
  const isCutOver = stage === 'cut-over';
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  const pause = deadlines.find(({ kind }) => kind === 'pause')?.at;
  const replace = `run \`landfall apply --replace ${quoteShellWord(vm.address)}\` to start a new job`;
  switch (state) {
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `replication job ${id} of ${fullName(vm)} has failed${words}`,
          remedy: `fix the cause, then ${replace}`,
        }),
      ];
    case 'paused':
      return [
        raiseForVm('job.paused', vm, {
          message: `replication job ${id} of ${fullName(vm)} is paused after failures${detail === undefined ? '' : `: ${detail}`}`,
          remedy: `resume it in the console ${pauseEndText(pause)}; or fix the cause, then ${replace}`,
        }),
      ];
    case 'completed':
      return [
        raiseForVm('job.ended', vm, {
          message: `replication job ${id} of ${fullName(vm)} reached the 90-day limit; replication has stopped`,
          remedy: `${isCutOver ? 'set `phase: finalize` if its cut-over is good' : 'remove the VM from the manifests if it has been migrated'}; else ask AWS for an extension, then run ${forcedReplaceCommand(vm)} to start a new job`,
        }),
      ];
    case 'failing':
      return [
        raiseForVm('job.failing', vm, {
          message: `the last replication of ${fullName(vm)} (${id}) failed, ${detail ?? 'and is tried again'}`,
          remedy:
            'fix the cause; AWS tries again by itself, and pauses the job after three failures in a row',
        }),
        ...endingConcerns(vm, deadlines, now, isCutOver),
      ];
    case 'pending':
    case 'active':
    case 'unknown':
      return endingConcerns(vm, deadlines, now, isCutOver);
  }
}

/** The command that replicates a VM again whose 90 days AWS has extended. */
export function forcedReplaceCommand({ address }: Pick<DesiredVm, 'address'>): string {
  return `\`landfall apply --replace ${quoteShellWord(address)} --force=lifetime\``;
}

/** Says until when a paused job can be resumed. */
export function pauseEndText(at: Instant | undefined): string {
  return at === undefined
    ? 'within four days of its pause, before AWS deletes it'
    : `before ${displayInstant(at)}, when AWS deletes it`;
}

/** Warns of the end of the 90 days from two weeks before it. */
function endingConcerns(
  vm: DesiredVm,
  deadlines: readonly Deadline[],
  now: Instant,
  isCutOver: boolean,
): readonly Concern[] {
  const end = deadlines.find(({ kind }) => kind === 'lifetime')?.at;
  if (end === undefined || end - now > ENDING_WARNING_DAYS * DAY) return [];
  return [
    raiseForVm('job.ending', vm, {
      message: `AWS ends the replication of ${fullName(vm)} at ${displayInstant(end)}: 90 days after its first one`,
      remedy: `${isCutOver ? 'check its cut-over, and set `phase: finalize`' : 'cut it over before then'}, or ask AWS for an extension: a new job does not start the 90 days again`,
    }),
  ];
}
