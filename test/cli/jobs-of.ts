import { request } from 'node:http';

/** A job as the service lists it, as far as tests look at it. */
export interface WireJob {
  readonly replicationJobId: string;
  readonly serverId: string;
  readonly vmServer?: { readonly vmName?: string };
  readonly state: string;
  readonly description?: string;
  readonly frequency?: number;
  readonly runOnce?: boolean;
}

/** One call of AWS SMS over a connection of its own, in the API's own words: no code of landfall's comes between. */
export async function ask<T>(url: string, operation: string, input: object): Promise<T> {
  const target = `AWSServerMigrationService_V2016_10_24.${operation}`;
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return post(url, operation, input, 'sms', headers);
}

/** The same of AWS MGN; the operation is the path. */
export async function askMgn<T>(url: string, operation: string, input: object): Promise<T> {
  return post(`${url}/${operation}`, operation, input, 'mgn', { 'content-type': 'application/json' });
}

async function post<T>(
  url: string,
  operation: string,
  input: object,
  service: string,
  headers: Readonly<Record<string, string>>,
): Promise<T> {
  const date = '20261123';
  const scope = `test/${date}/us-west-2/${service}/aws4_request`;
  const signed = ['host', 'x-amz-date', ...Object.keys(headers)].toSorted().join(';');
  const text = await new Promise<string>((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      agent: false,
      headers: {
        ...headers,
        'x-amz-date': `${date}T080000Z`,
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signed}, Signature=${'0'.repeat(64)}`,
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(body === '' ? '{}' : body);
        else reject(new Error(`${operation} answered ${response.statusCode ?? 0}: ${body}`));
      });
    });
    call.end(JSON.stringify(input));
  });
  return JSON.parse(text) as T;
}

/** All jobs that the endpoint lists, gone ones too. */
async function allJobs(url: string): Promise<readonly WireJob[]> {
  const jobs: WireJob[] = [];
  let nextToken: string | undefined;
  do {
    const page: { replicationJobList?: readonly WireJob[]; nextToken?: string } = await ask(
      url,
      'GetReplicationJobs',
      { maxResults: 1000, ...(nextToken !== undefined && { nextToken }) },
    );
    jobs.push(...(page.replicationJobList ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return jobs;
}

/** Jobs that are there: neither deleted nor on their way out. */
export async function livingJobs(url: string): Promise<readonly WireJob[]> {
  return (await allJobs(url)).filter(({ state }) => !/^DELET/i.test(state));
}
