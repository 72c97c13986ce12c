import { groupBy } from '../../core/lists.ts';
import { hasProblem, needsPerson, type Status, type VmStatus } from '../../core/status.ts';
import { unreachableTargets } from '../../core/concern.ts';
import type { Instant } from '../../core/time.ts';
import { escapeTerminal } from '../text/escape.ts';

/** A value with its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric: a gauge, since the status is what is there now. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: (status: Status) => readonly Sample[];
}

/**
 * Renders a status in the text format of Prometheus 0.0.4, for the textfile collector of its node exporter. Labels are
 * targets, waves, stages, caps and ids of concerns, never VMs: there are as many series for ten VMs as for ten thousand.
 */
export function renderStatusMetrics(status: Status): string {
  return METRICS.map(({ name, help, samples }) => {
    const lines = samples(status).map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
    return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
  }).join('');
}

const METRICS: readonly Metric[] = [
  {
    name: 'landfall_status_timestamp_seconds',
    help: 'Time of the answers of the services.',
    samples: ({ at }) => [{ labels: {}, value: toSeconds(at) }],
  },
  {
    name: 'landfall_target_unreachable',
    help: 'Targets that could not be read.',
    samples: ({ concerns }) =>
      unreachableTargets(concerns).map(({ target = '' }) => ({ labels: { target }, value: 1 })),
  },
  {
    name: 'landfall_vms',
    help: 'VMs of a wave by stage.',
    samples: ({ waves }) =>
      waves.flatMap(({ target, wave, stages }) =>
        Object.entries(stages).map(([stage, value]) => ({ labels: { target, wave, stage }, value })),
      ),
  },
  {
    name: 'landfall_vms_with_problem',
    help: 'VMs of a wave that have a concern or need a person.',
    samples: (status) => countByWave(status, hasProblem),
  },
  {
    name: 'landfall_vms_needing_person',
    help: 'VMs of a wave that do not go on before a person acts.',
    samples: (status) => countByWave(status, needsPerson),
  },
  {
    name: 'landfall_vms_at_phase',
    help: 'VMs of a wave that have reached the phase of the wave beyond replicate.',
    samples: (status) => countByWave(status, ({ phase }) => phase?.kind === 'reached'),
  },
  {
    name: 'landfall_runs_active',
    help: 'Replication runs of a wave that are active.',
    samples: ({ waves }) =>
      waves.map(({ target, wave, running }) => ({ labels: { target, wave }, value: running })),
  },
  {
    name: 'landfall_recovery_points_overdue',
    help: 'VMs of a wave whose recovery point is older than its schedule allows.',
    samples: (status) => countByWave(status, ({ recoveryPoint }) => recoveryPoint?.isOverdue === true),
  },
  {
    name: 'landfall_recovery_point_oldest_age_seconds',
    help: 'Age of the oldest recovery point of a wave.',
    samples: (status) =>
      eachWave(status, (vms) => {
        const times = vms.flatMap(({ recoveryPoint }) => recoveryPoint?.at ?? []);
        return times.length === 0 ? undefined : toSeconds(status.at) - toSeconds(Math.min(...times));
      }),
  },
  {
    name: 'landfall_deadline_timestamp_seconds',
    help: 'When the service first ends a replication (lifetime) or deletes a paused job (pause) of a wave.',
    samples: (status) =>
      (['lifetime', 'pause'] as const).flatMap((kind) =>
        eachWave(status, (vms) => {
          const ends = vms.flatMap(({ deadlines }) => deadlines.filter((one) => one.kind === kind));
          return ends.length === 0 ? undefined : toSeconds(Math.min(...ends.map(({ at }) => at)));
        }).map(({ labels, value }) => ({ labels: { ...labels, kind }, value })),
      ),
  },
  {
    name: 'landfall_cap_limit',
    help: 'Cap of a target (wave is empty) or a wave: active replications, jobs, or servers in jobs.',
    samples: (status) => capSamples(status, 'limit'),
  },
  {
    name: 'landfall_cap_active',
    help: 'What is active under a cap, of landfall or not.',
    samples: (status) => capSamples(status, 'active'),
  },
  {
    name: 'landfall_cap_deferred',
    help: 'Changes that an apply now would leave for later because a cap is full.',
    samples: (status) => capSamples(status, 'deferred'),
  },
  {
    name: 'landfall_concerns',
    help: 'Concerns by id.',
    samples: ({ vms, concerns }) => {
      const all = [...vms.flatMap((vm) => vm.concerns), ...concerns];
      const byId = groupBy(all, ({ id, severity }) => `${id} ${severity}`);
      return [...byId.values()].flatMap((group) =>
        group.slice(0, 1).map(({ id, severity }) => ({ labels: { id, severity }, value: group.length })),
      );
    },
  },
];

function countByWave(status: Status, counts: (vm: VmStatus) => boolean): readonly Sample[] {
  return eachWave(status, (vms) => vms.filter(counts).length);
}

/** A sample for each wave, in the order of the status; none where there is no value. */
function eachWave(
  { vms, waves }: Status,
  valueOf: (vms: readonly VmStatus[]) => number | undefined,
): readonly Sample[] {
  const groups = groupBy(vms, ({ target, wave }) => JSON.stringify([target, wave]));
  return waves.flatMap(({ target, wave }) => {
    const value = valueOf(groups.get(JSON.stringify([target, wave])) ?? []);
    return value === undefined ? [] : [{ labels: { target, wave }, value }];
  });
}

function capSamples({ capacity }: Status, key: 'limit' | 'active' | 'deferred'): readonly Sample[] {
  return capacity.map(({ target, wave = '', of = 'replications', ...cap }) => {
    return { labels: { target, wave, of: of.replaceAll('-', '_') }, value: cap[key] };
  });
}

function toSeconds(at: Instant): number {
  return Math.floor(at / 1000);
}

/** Label values may have any character; backslashes, quotes and line feeds are escaped. */
function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = escapeTerminal(value).replace(/[\\"]/g, '\\$&');
    return `${name}="${text}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
