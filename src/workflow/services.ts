import { DEFAULT_PROVIDER, SERVICES } from '../providers/registry.ts';

/** The names of the services, the default one first. */
export const SERVICE_NAMES: readonly string[] = SERVICES.map(({ name }) => name);

/** The service of a target that names none. */
export const DEFAULT_SERVICE: string = DEFAULT_PROVIDER;

/** The services that `convert` can rewrite waves for. */
export const CONVERSION_SERVICES: readonly string[] = SERVICES.flatMap(({ name, conversion }) =>
  conversion === undefined ? [] : [name],
);
