import { Openings } from '../schedule/opening.ts';
import { Variation } from './durations.ts';
import { buildModel, type ForecastInput, type Model } from './model.ts';
import { simulate, type SimulationRun } from './simulate.ts';

/** Runs of a small project, and VMs that all runs together simulate: a large project has fewer. */
const MOST_RUNS = 50;
const LEAST_RUNS = 10;
const VMS_IN_ALL_RUNS = 60_000;

/** All runs of the simulation of a project, each with other durations. */
export interface Simulations {
  readonly model: Model;
  readonly openings: Openings;
  /** The run in which everything takes as long as estimated. */
  readonly nominal: SimulationRun;
  readonly runs: readonly SimulationRun[];
}

/** Simulates all waves from what the accounts show, many times. Pure: the same input gives the same runs. */
export function simulateAll(input: ForecastInput): Simulations {
  const model = buildModel(input);
  const openings = new Openings();
  const nominal = simulate(model, openings, new Variation());
  const count = Math.min(
    MOST_RUNS,
    Math.max(LEAST_RUNS, Math.floor(VMS_IN_ALL_RUNS / Math.max(1, model.vms.length))),
  );
  const runs = Array.from({ length: count }, (_, seed) => simulate(model, openings, new Variation(seed + 1)));
  return { model, openings, nominal, runs };
}
