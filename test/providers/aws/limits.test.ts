import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttpHandler } from '../../../src/network/http-handler.ts';
import { listPages } from '../../../src/providers/aws/paging.ts';
import { Wire } from '../sms/wire.ts';

const MIB = 2 ** 20;
const REQUEST = { serverId: 's-1', settings: { frequency: 12 }, owner: { project: 'ucop', wave: 'w' } };

describe('a response', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  async function call(answer: (response: ServerResponse) => void, timeout?: number, maxBytes?: number) {
    const server = createServer((_, response) => {
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const handler = createHttpHandler({ sockets: 1, timeout: timeout, maxBytes: maxBytes });
    close = () => {
      handler.destroy();
      server.close();
      server.closeAllConnections();
    };
    const { port } = server.address() as AddressInfo;
    const request = { protocol: 'http:', hostname: '127.0.0.1', port, method: 'GET', path: '/', headers: {} };
    return handler.handle(request);
  }

  it('without end is read up to the limit', async () => {
    let sent = 0;
    const answer = async (response: ServerResponse): Promise<void> => {
      response.on('error', () => undefined);
      for (; !response.destroyed && sent < 1024; sent += 1) {
        if (!response.write(Buffer.alloc(MIB, '[')))
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    };
    const result = call((response) => void answer(response), undefined, 4 * MIB);
    await expect(result).rejects.toMatchObject({
      name: 'ResponseLimitError',
      message: 'its body is longer than 4 MiB',
    });
    // What was sent beyond the limit was in the buffers of the connection.
    expect(sent).toBeLessThan(64);
  });

  it('with headers without end is cut', async () => {
    const result = call((response) => {
      response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end('{}');
    });
    await expect(result).rejects.toMatchObject({
      name: 'ResponseLimitError',
      message: expect.stringMatching(/^its headers are longer than \d+ KiB$/) as unknown,
    });
  });

  it('that comes byte by byte ends at the time for an attempt', async () => {
    const result = call((response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => {
        clearInterval(drip);
      });
    }, 40);
    await expect(result).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('of a proxy that comes byte by byte ends at the time for a connection', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const server = createTcpServer((socket) => {
      closed = new Promise((resolve) => socket.on('close', resolve));
      const timer = setInterval(() => socket.writable && socket.write('x'), 10);
      socket.write('HTTP/1.1 200 OK\r\nx-long: ');
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearInterval(timer);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const handler = createHttpHandler({ sockets: 1, timeout: 100, network: { env } });
    close = () => {
      handler.destroy();
      server.close();
    };
    const request = { protocol: 'https:', hostname: 'sms.test', method: 'GET', path: '/', headers: {} };
    await expect(handler.handle(request)).rejects.toMatchObject({ code: 'ETIMEDOUT', proxyStatus: 0 });
    await closed;
  });

  it('that is compressed is not expanded', async () => {
    const wire = await Wire.open((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * MIB)));
    });
    try {
      await expect(wire.provider().observe()).rejects.toMatchObject({
        message: expect.stringContaining('compressed (gzip)') as unknown,
      });
    } finally {
      await wire.close();
    }
  });

  it('that exceeds a limit is not asked for again, and says what to check', async () => {
    const wire = await Wire.open(({ operation }, response) => {
      if (operation !== 'CreateReplicationJob') return {};
      response.writeHead(200).end(Buffer.alloc(65 * MIB, ' '));
      return undefined;
    });
    try {
      await expect(wire.provider().create(REQUEST)).rejects.toMatchObject({
        code: 'SERVICE_ERROR',
        message:
          'the response to CreateReplicationJob cannot be read: its body is longer than 64 MiB; a lookup shows that it was not executed',
        remedy: expect.stringContaining('proxy') as unknown,
      });
      expect(wire.calls.map(({ operation }) => operation)).toEqual([
        'CreateReplicationJob',
        'GetReplicationJobs',
      ]);
    } finally {
      await wire.close();
    }
  });
});

describe('a list', () => {
  const LIMITS = { pages: 50, emptyPages: 10, bytes: 1000, milliseconds: 60_000 };
  const read = async (
    page: (number: number) => { readonly items: readonly number[] },
    limits = LIMITS,
  ): Promise<number> => {
    let pages = 0;
    async function* paginate() {
      for (;;) {
        await Promise.resolve();
        pages += 1;
        yield { nextToken: `token-${pages}`, ...page(pages) };
      }
    }
    let read = 0;
    for await (const { items } of listPages(paginate, limits)) read += Array.isArray(items) ? 1 : 0;
    return read;
  };

  it.each([
    ['of pages', () => ({ items: [1] }), 'more than 50 pages'],
    ['of empty pages', () => ({ items: [] }), 'more than 10 empty pages one after the other'],
    ['of bytes', () => ({ items: [1], $metadata: { bytes: 300 } }), 'more than 0 MiB'],
    ['with one token', () => ({ items: [1], nextToken: 'same' }), 'the same nextToken twice'],
  ])('without end %s ends', async (_, page, message) => {
    await expect(read(page)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: expect.stringContaining(message) as unknown,
      remedy: expect.stringContaining('check') as unknown,
    });
  });

  it('ends after a time', async () => {
    const result = read(() => ({ items: [1] }), { ...LIMITS, milliseconds: -1 });
    await expect(result).rejects.toThrow('than can be read in');
  });

  it('may have some empty pages, and many others', async () => {
    const page = (number: number) =>
      number === 49 ? { items: [1], nextToken: '' } : { items: number % 10 === 0 ? [1] : [] };
    expect(await read(page)).toBe(49);
  });
});
