import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHttpHandler } from '../../../src/network/http-handler.ts';

describe('the query of a request', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  /** A handler, and a server that answers with the URL that it was asked for. */
  async function echo() {
    const server = createServer((request, response) => response.end(request.url));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const handler = createHttpHandler({ sockets: 2 });
    close = () => {
      handler.destroy();
      server.close();
    };
    const { port } = server.address() as AddressInfo;
    const request = { protocol: 'http:', hostname: '127.0.0.1', port, method: 'GET', headers: {} };
    return async (path: string, query?: Record<string, string | string[]>) => {
      const { response } = await handler.handle({ ...request, path, ...(query !== undefined && { query }) });
      return Buffer.from(response.body).toString();
    };
  }

  it('arrives as it was meant, whatever stands in it', async () => {
    const ask = await echo();
    // Half a character cannot be sent at all.
    const text = fc.string({ unit: 'grapheme' });
    const names = text.filter((name) => name !== '' && name !== '__proto__');
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, fc.array(text, { minLength: 1, maxLength: 3 })),
        async (query) => {
          const { searchParams } = new URL(await ask('/tags/arn%3Aaws', query), 'http://x');
          const names = [...new Set(searchParams.keys())];
          expect(Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]))).toEqual(query);
        },
      ),
    );
  });

  it('is spelled as it is signed, and absent where there is none', async () => {
    const ask = await echo();
    expect(await ask('/tags/arn%3Aaws', { tagKeys: ['landfall:project', 'a b'] })).toBe(
      '/tags/arn%3Aaws?tagKeys=landfall%3Aproject&tagKeys=a%20b',
    );
    expect(await ask('/DescribeJobs')).toBe('/DescribeJobs');
    expect(await ask('/DescribeJobs', {})).toBe('/DescribeJobs');
  });
});
