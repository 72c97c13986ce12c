/** How far a wave is to go, in order: moving it on is a reviewed change in git. */
export const PHASES = ['replicate', 'test', 'cutover', 'finalize', 'archive'] as const;
export type Phase = (typeof PHASES)[number];

/** How far each wave is to go, by name; a wave that names no phase is not in it, and replicates. */
export type Phases = ReadonlyMap<string, Phase>;

/** Whether one phase comes before another. */
export function isBefore(one: Phase, other: Phase): boolean {
  return PHASES.indexOf(one) < PHASES.indexOf(other);
}

/** The phase of a wave: without a word in a manifest it replicates, and what has gone further stays there. */
export function phaseIn(phases: Phases, wave: string): { readonly phase: Phase; readonly unsaid?: true } {
  const phase = phases.get(wave);
  return phase === undefined ? { phase: 'replicate', unsaid: true } : { phase };
}
