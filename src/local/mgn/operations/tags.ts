import type { Tags } from '../records.ts';
import { tagsOf } from '../tags.ts';
import { arnOf, type MgnOperationContext } from './context.ts';
import { invalidRequest, notFound } from './errors.ts';

/** The largest number of tags of a resource (the API's documentation of TagResource). */
const LIMIT = 50;
const ARN = /^arn:[\w-]+:mgn:[\w-]+:\d{12}:([a-z-]+)\/([\w-]+)$/;

interface ArnInput {
  readonly resourceArn: string;
}

export function listTagsForResource(context: MgnOperationContext, { resourceArn }: ArnInput): object {
  return { tags: resourceOf(context, resourceArn).tags };
}

export function tagResource(
  context: MgnOperationContext,
  { resourceArn, tags }: ArnInput & { readonly tags: Tags },
): object {
  const { type, id, tags: before } = resourceOf(context, resourceArn);
  checkTags(tags);
  const after = { ...before, ...tags };
  if (Object.keys(after).length > LIMIT)
    throw invalidRequest(`${resourceArn} cannot have more than ${LIMIT} tags.`);
  context.commit({ do: 'tags', type, id, tags: after });
  return {};
}

export function untagResource(
  context: MgnOperationContext,
  { resourceArn, tagKeys }: ArnInput & { readonly tagKeys: readonly string[] },
): object {
  const { type, id, tags: before } = resourceOf(context, resourceArn);
  const kept = Object.entries(before).filter(([key]) => !tagKeys.includes(key));
  if (kept.length < Object.keys(before).length)
    context.commit({ do: 'tags', type, id, tags: Object.fromEntries(kept) });
  return {};
}

/** Only AWS uses keys that begin with `aws:`. */
export function checkTags(tags: Tags): void {
  const reserved = Object.keys(tags).find((key) => /^aws:/i.test(key));
  if (reserved === undefined) return;
  throw invalidRequest(`The tag key ${reserved} is reserved.`, [
    { name: 'tags', message: 'must not begin with aws:' },
  ]);
}

interface Resource {
  readonly type: string;
  readonly id: string;
  readonly tags: Tags;
}

function resourceOf(context: MgnOperationContext, arn: string): Resource {
  const [, type, id = ''] = ARN.exec(arn) ?? [];
  if (type === undefined) throw invalidRequest(`${arn} is not an ARN of this service.`);
  const tags = arn === arnOf(context, type, id) ? tagsOf(context.account, context.mgn, type, id) : undefined;
  if (tags === undefined) throw notFound('Resource', arn);
  return { type, id, tags };
}
