import { LandfallError } from '../core/error.ts';
import type { ServiceDefinition } from '../core/service.ts';
import { mgnService } from './mgn/definition.ts';
import { smsService } from './sms/definition.ts';

/** The services that landfall knows, one row each. */
export const SERVICES: readonly [ServiceDefinition, ...ServiceDefinition[]] = [smsService, mgnService];

/** The provider where nothing names one. */
export const DEFAULT_PROVIDER = SERVICES[0].name;

/** Finds a service by the name that manifests have for it. @throws LandfallError INTERNAL for an unknown one */
export function serviceOf(name: string): ServiceDefinition {
  const service = SERVICES.find((each) => each.name === name);
  if (service !== undefined) return service;
  throw new LandfallError('INTERNAL', `there is no service ${name}`, { source: 'landfall' });
}
