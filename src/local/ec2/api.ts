import { ServiceError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import {
  checkSignature,
  readBody,
  SERVICE_BODY_LIMIT,
  type ServiceApi,
  type ServiceContext,
} from '../http/api.ts';

const XML = 'text/xml;charset=UTF-8';
const FORM = 'application/x-www-form-urlencoded';

/**
 * EC2: the query protocol, with the operation in a form. It has one operation, DescribeInstances, and the instances that
 * tests and cut-overs of MGN have launched; all of them have the address of the loopback interface.
 */
export const EC2_API: ServiceApi = {
  operationOf: ({ url, headers }) =>
    url === '/' &&
    headers['x-amz-target'] === undefined &&
    headers['content-type']?.startsWith(FORM) === true &&
    headers.authorization?.includes('/ec2/aws4_request') === true
      ? 'DescribeInstances'
      : undefined,
  async answer(_operation, request, { region, context }) {
    checkSignature(request.headers, 'ec2', region);
    const form = new URLSearchParams((await readBody(request, SERVICE_BODY_LIMIT)).toString('utf8'));
    const action = form.get('Action');
    if (action !== 'DescribeInstances') {
      throw new ServiceError('InvalidAction', `The action ${action ?? ''} is not valid for this endpoint.`);
    }
    const wanted = [...form].flatMap(([key, value]) => (/^InstanceId\.\d+$/.test(key) ? [value] : []));
    return { status: 200, body: describeInstances(wanted, context()), contentType: XML };
  },
  failure: ec2Error,
  get throttled() {
    return ec2Error(new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503));
  },
};

function describeInstances(wanted: readonly string[], { account }: ServiceContext): string {
  const servers = [...(account.mgn?.servers.values() ?? [])];
  const running = new Set(servers.flatMap(({ launched }) => launched?.instanceId ?? []));
  const missing = wanted.filter((id) => !running.has(id));
  if (missing.length > 0) {
    const message = `The instance IDs '${missing.join(', ')}' do not exist`;
    throw new ServiceError('InvalidInstanceID.NotFound', message);
  }
  const items = (wanted.length > 0 ? wanted : [...running]).map(
    (id) =>
      `<item><instanceId>${escapeXml(id)}</instanceId><instanceState><code>16</code><name>running</name></instanceState><privateIpAddress>127.0.0.1</privateIpAddress></item>`,
  );
  const reservation = `<item><reservationId>r-00000000000000000</reservationId><instancesSet>${items.join('')}</instancesSet></item>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet>${items.length === 0 ? '' : reservation}</reservationSet></DescribeInstancesResponse>\n`;
}

function ec2Error(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors></Response>\n`;
  return { status, body, contentType: XML };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
