/** How far a wave is to go, in order: moving it on is a reviewed change in git. */
export const PHASES = ['replicate', 'test', 'cutover', 'finalize', 'archive'] as const;
export type Phase = (typeof PHASES)[number];

/** How far each wave is to go, by name. */
export type Phases = ReadonlyMap<string, Phase>;

/** Whether one phase comes before another. */
export function isBefore(one: Phase, other: Phase): boolean {
  return PHASES.indexOf(one) < PHASES.indexOf(other);
}
