import type { SourceServer } from '@aws-sdk/client-mgn';
import type { Owner } from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';
import { formatInstant, type Instant } from '../../core/time.ts';

/** Everything on MGN can be tagged: ownership lives in tags (design, rule 1; domain, MGN: rules). */
const PREFIX = 'landfall:';
const PROJECT = `${PREFIX}project`;
const WAVE = `${PREFIX}wave`;
const DESCRIPTION = `${PREFIX}description`;
const RETRIES = `${PREFIX}retries`;
const DOCUMENTS = `${PREFIX}documents`;
const ACTIONS = `${PREFIX}actions`;

export type Tags = Readonly<Record<string, string>>;

/** A resource of MGN: a server, a group, a template or a job. */
interface TaggedResource {
  readonly tags?: Tags;
}

/** Returns the project that a resource is tagged for, whether or not a wave is too; undefined: it has no owner. */
export function projectOf({ tags }: TaggedResource): string | undefined {
  return tags?.[PROJECT];
}

/** Describes the owner of a resource: `project "ucop"` or `nobody`. */
export function describeOwner(resource: TaggedResource): string {
  const project = projectOf(resource);
  return project === undefined ? 'nobody' : `project "${project}"`;
}

/**
 * Reads the owner of a resource. Undefined where a tag for project or wave is missing, or has a value that no manifest
 * can have written.
 */
export function readOwner(tags: Tags | undefined): Owner | undefined {
  const { [PROJECT]: project = '', [WAVE]: wave = '' } = tags ?? {};
  return isManifestName(project) && isManifestName(wave) ? { project, wave } : undefined;
}

/** Reads the description that git gives a server. */
export function readDescription(tags: Tags | undefined): string | undefined {
  return tags?.[DESCRIPTION];
}

/** Returns the tags of a resource that belongs to a wave. */
export function ownerTags({ project, wave }: Owner): Record<string, string> {
  return { [PROJECT]: project, [WAVE]: wave };
}

/** Returns the tag of a resource that belongs to a whole project, such as a template. */
export function projectTags(project: string): Record<string, string> {
  return { [PROJECT]: project };
}

export function descriptionTags(description: string): Record<string, string> {
  return { [DESCRIPTION]: description };
}

/** Says that a server may have post-launch actions of the project: they are read even if git names none any more. */
export const ACTIONS_TAG = { [ACTIONS]: 'managed' } as const;

export function hasActionsTag({ tags }: TaggedResource): boolean {
  return tags?.[ACTIONS] !== undefined;
}

/** Reads the marks of the post-launch documents that landfall has written to a server. */
export function readDocumentMarks({ tags }: TaggedResource): ReadonlySet<string> {
  return new Set((tags?.[DOCUMENTS] ?? '').split(' ').filter((mark) => /^[0-9a-f]{8}$/.test(mark)));
}

/** Returns the marks as a fact, without which a document that leaves git would not be removed. */
export function documentFacts(resource: TaggedResource): { readonly documents?: string } {
  const documents = [...readDocumentMarks(resource)].join(' ');
  return documents === '' ? {} : { documents };
}

export function documentTags(marks: Iterable<string>): Record<string, string> {
  return { [DOCUMENTS]: [...marks].sort().join(' ') };
}

/** How often the replication of a server has been retried since it last went on, and when last. */
interface Retries {
  readonly retries?: number;
  readonly retriedAt?: number;
}

/**
 * Reads how often landfall has retried the replication of a server. Retries count until the replication has gone on: then
 * there is a snapshot that is newer than the last one.
 */
export function retryFacts({ tags, dataReplicationInfo }: SourceServer): Retries {
  const [, retries, time = ''] = /^(\d{1,4}), last (.+)$/.exec(tags?.[RETRIES] ?? '') ?? [];
  const retriedAt = Date.parse(time);
  const snapshot = Date.parse(dataReplicationInfo?.lastSnapshotDateTime ?? '');
  if (retries === undefined || Number.isNaN(retriedAt) || snapshot > retriedAt) return {};
  return { retries: Number(retries), retriedAt };
}

export function retryTags(count: number, at: Instant): Record<string, string> {
  return { [RETRIES]: `${count}, last ${formatInstant(at)}` };
}

/** Returns the keys of landfall's own tags: all others belong to somebody else and stay. */
export function landfallTagKeys(tags: Tags = {}): readonly string[] {
  return Object.keys(tags).filter((key) => key.startsWith(PREFIX));
}
