const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/;

/** Whether a text is the ARN of a KMS key, or of an alias of one. */
export function isKeyArn(text: string): boolean {
  return KEY_ARN.test(text);
}
