import type { LimitName } from '../../../core/desired.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../../aws/client.ts';
import { createErrorExplainer } from '../../aws/errors.ts';
import { ServiceTime } from '../../aws/middleware.ts';

/** The quotas of AWS MGN by their codes, as Service Quotas lists them. */
const CODES: Readonly<Record<string, LimitName>> = {
  'L-FE2EBE17': 'activeJobs',
  'L-4FF77426': 'serversInJobs',
  'L-90A3F9F5': 'serversPerApplication',
  'L-CBE9E36A': 'applicationsPerWave',
  'L-D5507441': 'applications',
  'L-9FD6E875': 'waves',
  'L-50980698': 'servers',
};

/** The quotas that an account has, or why they could not be read. */
export interface AccountQuotas {
  readonly quotas?: Readonly<Partial<Record<LimitName, number>>>;
  readonly note?: string;
}

/**
 * Reads the quotas of an account from AWS Service Quotas, if the role may. Loads the SDK of that service. Where the target
 * has an endpoint of its own, that is one of MGN, so nothing is called.
 */
export async function readQuotas(options: ClientOptions): Promise<AccountQuotas> {
  if (options.endpoint !== undefined || options.local) return {};
  const { paginateListServiceQuotas, ServiceQuotas } = await import('@aws-sdk/client-service-quotas');
  const client = new ServiceQuotas(clientConfig(options));
  prepareClient(client, options, new ServiceTime(options.clock), { once: new Set(), explain: explainError });
  try {
    const quotas: Partial<Record<LimitName, number>> = {};
    for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode: 'mgn' })) {
      for (const { QuotaCode = '', Value } of Quotas) {
        const name = CODES[QuotaCode];
        if (name !== undefined && Value !== undefined && Value >= 1) quotas[name] = Value;
      }
    }
    return { quotas };
  } catch (error) {
    // Quotas only make a plan say earlier what the service would refuse: the limits of the target hold without them.
    return { note: `quotas not read, the limits of the target hold: ${(error as Error).message}` };
  } finally {
    client.destroy();
  }
}

const explainError = createErrorExplainer({
  service: 'AWS Service Quotas',
  actions: 'the action servicequotas:ListServiceQuotas',
  unreachable: 'check the network, and the region of the target',
  remedies: {},
});
