import { type AddressInfo, createServer, type Server } from 'node:net';
import { UpdateReplicationJobCommand } from '@aws-sdk/client-sms';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LandfallError } from '../../../src/core/error.ts';
import { createHttpHandler } from '../../../src/network/http-handler.ts';
import { explainError } from '../../../src/providers/sms/api.ts';
import { mockedProvider, serviceException } from './mocked.ts';

const explain = (name: string, message: string, more: object = {}) =>
  explainError(Object.assign(new Error(message), { name, ...more }), 'GetServers');

describe('what the user is told', () => {
  it.each([
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      {},
      'CREDENTIALS_MISSING',
      'user',
    ],
    [
      'ExpiredTokenException',
      'The token is expired',
      { $metadata: { httpStatusCode: 400 } },
      'CREDENTIALS_REFUSED',
      'user',
    ],
    [
      'UnrecognizedClientException',
      'Bad token',
      { $metadata: { httpStatusCode: 403 } },
      'CREDENTIALS_REFUSED',
      'user',
    ],
    [
      'AccessDeniedException',
      'Not you',
      { $metadata: { httpStatusCode: 400 } },
      'CREDENTIALS_REFUSED',
      'user',
    ],
    [
      'UnauthorizedOperationException',
      '',
      { $metadata: { httpStatusCode: 400 } },
      'CREDENTIALS_REFUSED',
      'user',
    ],
    ['ThrottlingException', 'Rate exceeded', { $metadata: { httpStatusCode: 400 } }, 'THROTTLED', 'service'],
    ['Whatever', 'Slow', { $metadata: { httpStatusCode: 429 } }, 'THROTTLED', 'service'],
    [
      'Error',
      'connect',
      { code: 'ECONNREFUSED', endpoint: 'localhost:80' },
      'ENDPOINT_UNREACHABLE',
      'service',
    ],
    [
      'TimeoutError',
      'no answer',
      { endpoint: 'localhost:80', $metadata: { attempts: 3 } },
      'ENDPOINT_UNREACHABLE',
      'service',
    ],
    ['Error', 'getaddrinfo', { code: 'ENOTFOUND' }, 'ENDPOINT_UNREACHABLE', 'service'],
    ['InternalError', 'Oops', { $metadata: { httpStatusCode: 500 } }, 'SERVICE_ERROR', 'service'],
    ['InvalidParameterException', 'Bad', { $metadata: { httpStatusCode: 400 } }, 'SERVICE_ERROR', 'service'],
    ['TypeError', 'x is not a function', {}, 'INTERNAL', 'landfall'],
  ])('%s: %s', (name, message, more, code, source) => {
    const error = explain(name, message, more);
    expect(error).toMatchObject({ code, source });
    expect(error.message).toMatch(/^[a-z].*[^.]$/);
    expect(error.cause).toHaveProperty('name', name);
  });

  it('names the API’s exception, its words and what to do', () => {
    const error = explain('NoConnectorsAvailableException', 'No healthy connectors are available.', {
      $metadata: { httpStatusCode: 400 },
    });
    expect(error.message).toBe(
      'the service refused GetServers: NoConnectorsAvailableException: No healthy connectors are available',
    );
    expect(error.remedy).toContain('Server Migration Connector');
  });

  it('keeps what AWS says of a signature to itself', () => {
    const quote =
      'The Canonical String should have been\nx-amz-security-token:SECRET\nAuthorization=AWS4-HMAC';
    for (const name of [
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignatureException',
    ]) {
      const error = explain(name, quote, { $metadata: { httpStatusCode: 403 } });
      expect(error.code).toBe('CREDENTIALS_REFUSED');
      expect(error.message).toContain(name);
      expect(`${error.message} ${error.remedy ?? ''}`).not.toMatch(/SECRET|Authorization/);
    }
  });

  it('passes an error on that is explained already', () => {
    const error = new LandfallError('USAGE', 'no');
    expect(explainError(error, 'GetServers')).toBe(error);
  });

  it('comes out of every call', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(UpdateReplicationJobCommand).rejects(serviceException('OperationNotPermittedException'));
    sms.onAnyCommand().rejects('not even an error of AWS');
    const owner = { project: 'ucop', wave: 'w' };
    for (const call of [
      provider.observe(),
      provider.create({ serverId: 's-1', settings: {}, owner }),
      provider.update({ id: 'sms-job-1', settings: {}, after: {}, owner }),
      provider.delete('sms-job-1'),
    ]) {
      await expect(call).rejects.toBeInstanceOf(LandfallError);
    }
  });
});

describe('an endpoint that does not answer', () => {
  const request = {
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/',
    method: 'POST',
    headers: {},
    body: '{}',
  };
  let close: (() => void) | undefined;

  afterEach(() => close?.());

  async function listen(): Promise<{ readonly server: Server; readonly port: number }> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  }

  it('is named with its port when nothing listens', async () => {
    const { server, port } = await listen();
    await new Promise((resolve) => server.close(resolve));
    const error: unknown = await createHttpHandler({ sockets: 1 })
      .handle({ ...request, port })
      .catch((thrown: unknown) => thrown);
    expect(explainError(error, 'GetServers').message).toBe(`cannot reach 127.0.0.1:${port}: ECONNREFUSED`);
  });

  it('is given up on after a while of silence', async () => {
    const { server, port } = await listen();
    const handler = createHttpHandler({ sockets: 1, timeout: 20 });
    close = () => {
      handler.destroy();
      server.close();
    };
    const error: unknown = await handler.handle({ ...request, port }).catch((thrown: unknown) => thrown);
    // The name is what the SDK knows a timeout by, and tries again.
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(explainError(error, 'GetServers').code).toBe('ENDPOINT_UNREACHABLE');
  });
});
