export { accountDrift, projectDrift, touchedTargets } from './drift.ts';
export { formatSavedPlan, invalid, parseSavedPlan } from './file.ts';
export { recount } from './recount.ts';
export { savePlan } from './save.ts';
export type { SavedPlan } from './saved-plan.ts';
