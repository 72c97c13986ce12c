import { MgnClient } from '@aws-sdk/client-mgn';
import { mockClient } from 'aws-sdk-client-mock';
import { createMgnProvider, type MgnProviderOptions } from '../../../src/providers/mgn/index.ts';
import { FakeClock } from '../sms/mocked.ts';

/** An adapter whose SDK client answers what a test tells it to, and nothing else with an empty answer. */
export function mockedProvider(options: Partial<MgnProviderOptions> = {}) {
  const mgn = mockClient(MgnClient);
  mgn.onAnyCommand().resolves({});
  const clock = new FakeClock();
  const provider = createMgnProvider({
    region: 'us-west-2',
    endpoint: 'http://127.0.0.1:1',
    local: true,
    sessionName: 'landfall-ucop',
    apiRequests: 8,
    clock,
    prune: 'release',
    ...options,
  });
  return { mgn, clock, provider };
}
