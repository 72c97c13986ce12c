import type { IncomingMessage } from 'node:http';
import { readBody, SERVICE_BODY_LIMIT } from './api.ts';

export const XML = 'text/xml;charset=UTF-8';
const FORM = 'application/x-www-form-urlencoded';

/** The forms of requests, which their operation is read from before they are answered. */
const forms = new WeakMap<IncomingMessage, Promise<URLSearchParams>>();

/**
 * Names the operation of a request of the query protocol, which is in a form. Returns an empty name for a form without
 * one, and nothing for a request of another protocol.
 * @param service the signing name of the service; absent: any
 */
export async function formOperation(request: IncomingMessage, service?: string): Promise<string | undefined> {
  const { url, headers } = request;
  const isForm =
    url === '/' &&
    headers['x-amz-target'] === undefined &&
    headers['content-type']?.startsWith(FORM) === true &&
    (service === undefined || headers.authorization?.includes(`/${service}/aws4_request`) === true);
  if (!isForm) return undefined;
  const form =
    forms.get(request) ??
    readBody(request, SERVICE_BODY_LIMIT).then((body) => new URLSearchParams(body.toString('utf8')));
  forms.set(request, form);
  return form.then(
    (read) => read.get('Action') ?? '',
    () => '',
  );
}

/** Returns the form that `formOperation` has read. Rejects with the ServiceError of a body that is too large. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return (await forms.get(request)) ?? new URLSearchParams();
}
