import { LandfallError } from '../../core/error.ts';
import { isOwnedBy } from '../../core/observed.ts';
import { type Change, isExecutable } from '../../core/plan.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { digestOf } from '../checksum.ts';
import { changeKey, type Precondition, type SavedPlan } from './preconditions.ts';

const FORMAT = 'landfall-plan';
const VERSION = '2.3';
/** Others are refused: the plan that runs must be exactly the plan that was reviewed. 2.2 tells less of waves and VMs. */
const READABLE: readonly unknown[] = ['2.2', VERSION];

/** What a check of data against the schema of saved plans found wrong, in words; undefined: nothing. */
type SchemaCheck = (data: unknown) => string | undefined;

/** The part of a service that the check of saved plans uses. */
type SavedPlanService = Pick<ServiceDefinition, 'name' | 'steps'>;

/** Writes the text of a plan file. */
export function formatSavedPlan(saved: SavedPlan): string {
  const body = { format: FORMAT, format_version: VERSION, ...saved };
  return `${JSON.stringify({ ...body, digest: digestOf(body) }, null, 1)}\n`;
}

/**
 * Reads the text of a plan file, which may come from anywhere. The digest reveals edits and damage. It is no signature,
 * so the content is checked too: a plan cannot change jobs of other owners, or take steps that its service does not have.
 *
 * @throws LandfallError `PLAN_FILE_INVALID` for anything but a complete, unedited plan of this version
 */
export function parseSavedPlan(
  text: string,
  file: string,
  check: SchemaCheck,
  services: readonly SavedPlanService[],
): SavedPlan {
  const data = parseJson(text, file);
  const { format, format_version: version } = isRecord(data) ? data : {};
  if (format !== FORMAT) throw invalidPlanFile(file, 'is not a plan that landfall has saved');
  if (!READABLE.includes(version)) {
    const found =
      typeof version === 'string'
        ? `format version ${JSON.stringify(version.slice(0, 20))}`
        : 'no format version';
    throw invalidPlanFile(file, `has ${found}, and this landfall reads ${READABLE.join(' and ')}`);
  }
  const wrong = check(data);
  if (wrong !== undefined) throw invalidPlanFile(file, `is damaged or has been edited: ${wrong}`);

  const { digest, ...body } = data as SavedPlan & { readonly digest: string };
  if (digest !== digestOf(body)) {
    throw invalidPlanFile(file, 'is damaged or has been edited: its digest does not match its content');
  }
  const { plan, preconditions, narrowedTo } = body;
  const foreign = plan.targets.find(({ provider }) => !services.some(({ name }) => name === provider));
  if (foreign !== undefined) {
    const words = `has target ${foreign.name} of provider ${JSON.stringify(foreign.provider)}`;
    throw invalidPlanFile(
      file,
      `${words}, and this landfall knows ${services.map(({ name }) => name).join(', ')}`,
    );
  }
  const unsound = findInconsistency({ plan, preconditions }, services);
  if (unsound !== undefined) throw invalidPlanFile(file, `was not written by landfall: ${unsound}`);
  return { plan, preconditions, ...(narrowedTo !== undefined && { narrowedTo }) };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidPlanFile(file, 'is incomplete or not JSON');
  }
}

/** An error about a plan file. */
export function invalidPlanFile(file: string, what: string): LandfallError {
  return new LandfallError('PLAN_FILE_INVALID', `plan file ${file} ${what}`, {
    remedy: 'save a new plan with `landfall plan --out FILE`',
  });
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null;
}

/**
 * Finds what shows that landfall did not write a plan; undefined: nothing does. Ownership holds for any file (design,
 * rule 1): a plan that would update or delete a job which does not belong to the project is refused.
 */
function findInconsistency(
  { plan, preconditions }: SavedPlan,
  services: readonly SavedPlanService[],
): string | undefined {
  const executable = plan.changes.filter(isExecutable);
  const steps = new Map(
    plan.targets.map(({ name, provider }) => [
      name,
      services.find((service) => service.name === provider)?.steps ?? [],
    ]),
  );
  const byKey = new Map(preconditions.map((precondition) => [changeKey(precondition), precondition]));
  if (new Set(executable.map(changeKey)).size !== executable.length) return 'an address occurs twice';
  if (preconditions.length !== executable.length || byKey.size !== executable.length) {
    return 'changes and preconditions do not match';
  }
  for (const change of executable) {
    const precondition = byKey.get(changeKey(change));
    const known = steps.get(change.target);
    const wrong =
      precondition === undefined || known === undefined
        ? 'has no precondition or no target'
        : (stepError(change, known) ?? preconditionError(change, precondition, plan.project));
    if (wrong !== undefined) return `${change.address} ${wrong}`;
  }
  return undefined;
}

function stepError({ step }: Change, known: readonly string[]): string | undefined {
  return step === undefined || known.includes(step)
    ? undefined
    : `has step ${step}, which its service does not have`;
}

function preconditionError(
  change: Change,
  { server, jobs }: Precondition,
  project: string,
): string | undefined {
  const { action, id, owner, serverId, fields } = change;
  if (!isOwnedBy(change, project)) return `is for a job of project "${owner.project}"`;
  if (server.serverId !== serverId) return 'has the precondition of another server';
  if (action === 'create') return jobs.length === 0 ? undefined : 'would create a second job';

  const job = jobs.find((one) => one.id === id);
  if (job === undefined) return 'is about a job that its server does not have';
  const adopts =
    action === 'update' && job.owner === undefined && fields.some(({ field }) => field === 'owner');
  return adopts || isOwnedBy(job, project) ? undefined : `is about ${job.id}, which is not the project's`;
}
