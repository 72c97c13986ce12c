import { familyOf, licenceFits } from './guest.ts';
import { luck } from './ids.ts';
import type { Fate, Job, Machine, Run, SimulatedFaults } from './records.ts';
import { matchesGlob } from './glob.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const BASE = 30 * MINUTE;
const GIGABYTES_PER_HOUR = 25;
/** The part of a disk that changes between two runs. */
const CHANGED = 0.1;
/** Uploading takes this part of a run, converting the rest. */
const UPLOADING = 0.8;

const FIRST_BOOT_FAILURE =
  'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.';

/** How long a run takes from start to end, in milliseconds: all of the disk the first time, then what changed. */
export function spanOf(machine: Machine, seeded: boolean, runNumber: number): number {
  const share = seeded ? CHANGED : 1;
  const span = BASE + (machine.gigabytes * share * HOUR) / GIGABYTES_PER_HOUR;
  return Math.round(span * (0.9 + 0.2 * luck(runNumber)));
}

/** How a run that starts now will fail; nothing if it will not. */
export function fateOf(job: Job, faults: SimulatedFaults): Fate | undefined {
  const { machine, settings } = job;
  const scripted = faults.failures.find(
    ({ server }) => matchesGlob(server, machine.name) || matchesGlob(server, machine.serverId),
  );
  if (scripted !== undefined) return { stage: scripted.stage, message: scripted.message, permanent: false };
  const licence = settings.licenseType;
  if (licence !== undefined && !licenceFits(licence, machine.os)) {
    const message = `ClientError: License type ${licence} is not compatible with the operating system of the server (${machine.os}).`;
    return { stage: 'Converting', message, permanent: true };
  }
  if (familyOf(machine.os) === 'unsupported') {
    return { stage: 'Converting', message: FIRST_BOOT_FAILURE, permanent: false };
  }
  return undefined;
}

/** When a run ends, counted from its start: a failing one stops half-way through its stage. */
export function lengthOf(span: number, fate: Fate | undefined): number {
  if (fate === undefined) return span;
  return Math.round(span * (fate.stage === 'Uploading' ? UPLOADING / 2 : (1 + UPLOADING) / 2));
}

/** Where an active run stands at `now`. */
export function progressOf(run: Run, now: number): { stage: string; stageProgress: string } {
  const done = (now - (run.startedAt ?? now)) / (run.span ?? 1);
  const [stage, share] =
    done < UPLOADING ? ['Uploading', done / UPLOADING] : ['Converting', (done - UPLOADING) / (1 - UPLOADING)];
  return { stage, stageProgress: `${Math.min(99, Math.floor(share * 100))}%` };
}
