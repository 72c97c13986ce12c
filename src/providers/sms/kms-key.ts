/**
 * Whether two ways to name a KMS key mean the same one: an id or alias, and the ARN that ends in it
 * (domain: kmsKeyId is a key id, an alias or an ARN of either). Whether an alias points at a key only AWS knows.
 */
export function isSameKey(one: string, other: string): boolean {
  return one === other || isArnOf(one, other) || isArnOf(other, one);
}

/** `arn:aws:kms:us-west-2:123456789012:` + `key/` + id, or + `alias/…`. */
function isArnOf(arn: string, name: string): boolean {
  if (!arn.startsWith('arn:')) return false;
  const resource = arn.split(':').slice(5).join(':');
  return resource === name || resource === `key/${name}`;
}
