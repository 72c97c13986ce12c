/** The names of the services, for the flags that take one. */
export {
  CONVERSION_SERVICES,
  DEFAULT_PROVIDER,
  IMPORT_GROUPINGS,
  SERVICE_NAMES,
} from '../providers/registry.ts';
