import type { ConcernId } from '../../core/concern-ids.ts';
import { ACCOUNT_CONCERNS } from './account.ts';
import type { Explanation } from './explanation.ts';
import { FILE_CONCERNS } from './files.ts';
import { GUARD_CONCERNS } from './guards.ts';
import { MANIFEST_CONCERNS } from './manifests.ts';
import { PHASE_CONCERNS } from './phases.ts';
import { SERVICE_CONCERNS } from './services.ts';
import { SETTING_CONCERNS } from './settings.ts';

/** An explanation of each concern: a concern without one does not compile. */
export const CONCERN_EXPLANATIONS: Readonly<Record<ConcernId, Explanation>> = {
  ...FILE_CONCERNS,
  ...MANIFEST_CONCERNS,
  ...SETTING_CONCERNS,
  ...SERVICE_CONCERNS,
  ...ACCOUNT_CONCERNS,
  ...GUARD_CONCERNS,
  ...PHASE_CONCERNS,
};
