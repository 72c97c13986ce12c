import type { Owner } from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';

/** Everything on MGN can be tagged: ownership lives in tags (design, rule 1; domain, MGN: rules). */
const PREFIX = 'landfall:';
const PROJECT = `${PREFIX}project`;
const WAVE = `${PREFIX}wave`;
const DESCRIPTION = `${PREFIX}description`;

export type Tags = Readonly<Record<string, string>>;

/** The project whose resource it is, whole marker or not; undefined: nobody's. */
export function projectOf(tags: Tags | undefined): string | undefined {
  return tags?.[PROJECT];
}

/** Who a resource belongs to; half a marker owns nothing, nor does one that no manifest can have written. */
export function readOwner(tags: Tags | undefined): Owner | undefined {
  const { [PROJECT]: project = '', [WAVE]: wave = '' } = tags ?? {};
  return isManifestName(project) && isManifestName(wave) ? { project, wave } : undefined;
}

/** The text that git gives a server. */
export function readDescription(tags: Tags | undefined): string | undefined {
  return tags?.[DESCRIPTION];
}

/** The tags that mark what belongs to an owner. */
export function ownerTags({ project, wave }: Owner): Record<string, string> {
  return { [PROJECT]: project, [WAVE]: wave };
}

/** The tag of what belongs to a whole project, such as a template. */
export function projectTags(project: string): Record<string, string> {
  return { [PROJECT]: project };
}

export function descriptionTags(description: string): Record<string, string> {
  return { [DESCRIPTION]: description };
}

/** Those of a resource's tags that are landfall's own: all others are somebody else's, and stay. */
export function landfallTagKeys(tags: Tags = {}): readonly string[] {
  return Object.keys(tags).filter((key) => key.startsWith(PREFIX));
}
