import { LandfallError } from '../core/error.ts';
import type { ServiceDefinition } from '../core/service.ts';
import { mgnService } from './mgn/definition.ts';
import { smsService } from './sms/definition.ts';

/** The services that landfall knows, one row each. */
export const SERVICES: readonly [ServiceDefinition, ...ServiceDefinition[]] = [smsService, mgnService];

/** The provider of a target that names none. */
export const DEFAULT_PROVIDER = SERVICES[0].name;

/** The names of all services, as manifests have them. */
export const SERVICE_NAMES: readonly string[] = SERVICES.map(({ name }) => name);

/** What `import live` can make waves of, on any service. */
export const IMPORT_GROUPINGS: readonly string[] = [
  ...new Set(SERVICES.flatMap(({ importGroupings }) => importGroupings)),
];

/** The services that waves of another service can be rewritten for. */
export const CONVERSION_SERVICES: readonly string[] = SERVICES.flatMap(({ name, conversion }) =>
  conversion === undefined ? [] : [name],
);

/** Returns the service of a name in manifests. @throws LandfallError INTERNAL for an unknown name */
export function serviceOf(name: string): ServiceDefinition {
  const service = SERVICES.find((each) => each.name === name);
  if (service !== undefined) return service;
  throw new LandfallError('INTERNAL', `there is no service ${name}`, { source: 'landfall' });
}
