import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { xml, elements } from '../ec2/template-data.ts';
import { ServiceError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { checkSignature, readBody, type ServiceApi, type ServiceContext } from '../http/api.ts';
import type { Bucket, StoredObject } from '../simulation/account.ts';

/** The largest object, in bytes. */
const OBJECT_LIMIT = 64 << 20;
const XML = 'application/xml';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What a request is about, by its path and query: `/<bucket>/<key>`. */
interface Target {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * S3: what the import and the export of MGN need of it, buckets and objects with the bucket in the path. Clients put a file
 * and get it back; there are no versions, parts, access rules or other settings.
 */
export const S3_API: ServiceApi = {
  operationOf: ({ method = '', url = '', headers }) => {
    if (headers.authorization?.includes('/s3/aws4_request') !== true) return undefined;
    const { bucket, key, query } = targetOf(url);
    const isPlain = [...query.keys()].every((name) => PLAIN.test(name)) && !('x-amz-copy-source' in headers);
    return isPlain ? (OPERATIONS[`${method} ${levelOf(bucket, key)}`] ?? '') : '';
  },
  async answer(operation, request, { region: only, context }) {
    const region = checkSignature(request.headers, 's3', only);
    const run = RUNS[operation];
    if (run === undefined) {
      const what = 'This endpoint has buckets and whole objects of S3 only.';
      throw new ServiceError('NotImplemented', what, 501);
    }
    const body = await readBody(request, OBJECT_LIMIT);
    return run({
      ...targetOf(request.url ?? ''),
      region,
      service: context(region),
      body: contentOf(request, body),
    });
  },
  failure: s3Error,
  get throttled() {
    return s3Error(new ServiceError('SlowDown', 'Please reduce your request rate.', 503));
  },
};

/** Parameters of requests that do not ask for anything but buckets, objects and lists of them. */
const PLAIN =
  /^(x-id|list-type|prefix|delimiter|max-keys|encoding-type|fetch-owner|start-after|location|marker)$/;

const OPERATIONS: Readonly<Record<string, string>> = {
  'GET service': 'ListBuckets',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
  'GET bucket': 'ListObjects',
  'DELETE bucket': 'DeleteBucket',
  'PUT object': 'PutObject',
  'HEAD object': 'GetObject',
  'GET object': 'GetObject',
  'DELETE object': 'DeleteObject',
};

const levelOf = (bucket: string, key: string) =>
  bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';

function targetOf(url: string): Target {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key: decoded(key), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface S3Request extends Target {
  readonly region: string;
  readonly service: ServiceContext;
  readonly body: Buffer;
}

const RUNS: Readonly<Record<string, (request: S3Request) => Answer>> = {
  ListBuckets: ({ service: { account } }) => {
    const buckets = [...account.buckets].map(([Name, { createdAt }]) =>
      xml('Bucket', { Name, CreationDate: new Date(createdAt).toISOString() }),
    );
    return document('ListAllMyBucketsResult', `<Buckets>${buckets.join('')}</Buckets>`);
  },
  CreateBucket: ({ bucket, service }) => {
    if (!/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(bucket))
      throw new ServiceError('InvalidBucketName', `The bucket name ${bucket} is not valid.`);
    if (service.account.buckets.has(bucket)) {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new ServiceError('BucketAlreadyOwnedByYou', message, 409);
    }
    service.commit({ do: 'create-bucket', bucket });
    return { status: 200, body: '', headers: { Location: `/${bucket}` } };
  },
  HeadBucket: (request) => {
    bucketOf(request);
    return { status: 200, body: '', headers: { 'x-amz-bucket-region': request.region } };
  },
  ListObjects: (request) => {
    const bucket = bucketOf(request);
    return request.query.has('location')
      ? document('LocationConstraint', request.region === 'us-east-1' ? '' : request.region)
      : listObjects(request, bucket);
  },
  DeleteBucket: (request) => {
    if (bucketOf(request).objects.size > 0)
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', 409);
    request.service.commit({ do: 'delete-bucket', bucket: request.bucket });
    return { status: 204, body: '' };
  },
  PutObject: (request) => {
    bucketOf(request);
    const { bucket, key, body, service } = request;
    service.commit({ do: 'put-object', bucket, key, body: body.toString('base64') });
    return { status: 200, body: '', headers: { ETag: etagOf(body) } };
  },
  GetObject: (request) => {
    const found = bucketOf(request).objects.get(request.key);
    if (found === undefined) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
    const body = Buffer.from(found.body, 'base64');
    const headers = { ETag: etagOf(body), 'Last-Modified': new Date(found.modifiedAt).toUTCString() };
    return { status: 200, body, contentType: 'binary/octet-stream', headers };
  },
  DeleteObject: (request) => {
    if (bucketOf(request).objects.has(request.key))
      request.service.commit({ do: 'delete-object', bucket: request.bucket, key: request.key });
    return { status: 204, body: '' };
  },
};

function bucketOf({ bucket, service }: S3Request): Bucket {
  const found = service.account.buckets.get(bucket);
  if (found === undefined)
    throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist.', 404);
  return found;
}

/** Lists the objects of a bucket in one page, those that share their beginning up to the delimiter as one prefix. */
function listObjects({ bucket: name, query }: S3Request, { objects }: Bucket): Answer {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const encode = (key: string) => (query.get('encoding-type') === 'url' ? encodeURIComponent(key) : key);
  const contents: [string, StoredObject][] = [];
  const prefixes = new Set<string>();
  for (const [key, object] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) contents.push([key, object]);
    else prefixes.add(key.slice(0, end + delimiter.length));
  }
  const items = contents.map(([key, { body, modifiedAt }]) => {
    const content = Buffer.from(body, 'base64');
    const LastModified = new Date(modifiedAt).toISOString();
    const facts = { LastModified, ETag: etagOf(content), Size: content.length, StorageClass: 'STANDARD' };
    return xml('Contents', { Key: encode(key), ...facts });
  });
  const common = [...prefixes].map((one) => xml('CommonPrefixes', { Prefix: encode(one) }));
  const head = { Name: name, Prefix: encode(prefix), KeyCount: items.length + common.length };
  const more = { MaxKeys: 1000, IsTruncated: false };
  return document('ListBucketResult', elements({ ...head, ...more }) + items.join('') + common.join(''));
}

const etagOf = (content: Uint8Array) => `"${createHash('md5').update(content).digest('hex')}"`;

/** Returns the content of a body, which SDKs may send in signed chunks with a checksum at the end. */
function contentOf({ headers }: IncomingMessage, body: Buffer): Buffer {
  if (!String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) return body;
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function document(root: string, inner: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${inner}</${root}>\n`;
  return { status: 200, body, contentType: XML };
}

function s3Error(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml('Error', { Code: code, Message: message })}\n`;
  return { status, body, contentType: XML };
}
