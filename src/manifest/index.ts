export { loadTargets, type ProjectTargets } from './load-targets.ts';
export { loadProject, type LoadResult } from './load.ts';
export { wavesOf } from './waves-of.ts';
