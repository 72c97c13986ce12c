import { SMSClient } from '@aws-sdk/client-sms';
import { mockClient } from 'aws-sdk-client-mock';
import type { Clock } from '../../../src/core/time.ts';
import { createSmsProvider, type SmsProviderOptions } from '../../../src/providers/sms/index.ts';

/** A clock that stands still but for sleeping, which takes no time and is written down. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  #now = Date.parse('2026-12-01T12:00:00.789Z');

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.#now += milliseconds;
    return Promise.resolve();
  }
}

/** An adapter whose SDK client answers what a test tells it to. */
export function mockedProvider(options: Partial<SmsProviderOptions> = {}) {
  const sms = mockClient(SMSClient);
  const clock = new FakeClock();
  const provider = createSmsProvider({
    region: 'us-west-2',
    endpoint: 'http://127.0.0.1:1',
    local: true,
    sessionName: 'landfall-ucop',
    apiRequests: 8,
    clock,
    ...options,
  });
  return { sms, clock, provider };
}

/** The service's own exception, as the SDK throws it. */
export function serviceException(name: string, message = 'Because.', httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}
