import type { ServiceTime } from '../../aws/service-time.ts';
import type { Clock } from '../../core/time.ts';
import type { MgnApi } from './api.ts';

/** What every deed of the adapter works with. */
export interface MgnContext {
  readonly api: MgnApi;
  /** The service's time. */
  readonly time: ServiceTime;
  /** What waits. */
  readonly clock: Clock;
}
