import { describe, expect, it } from '@jest/globals';
import type { Connector } from '../../src/core/operations.ts';
import { effectsOfDisassociation } from '../../src/journey/connectors.ts';
import { job, MANAGER, PROJECT, server, unmarked } from '../plan/plan-input.ts';

const connector = (id: string, more: Partial<Connector> = {}): Connector => ({
  id,
  healthy: true,
  vmManagerId: MANAGER,
  ...more,
});
const ELSEWHERE = { vmManagerId: 'other' };

const JOBS = [
  job('web'),
  job('app'),
  job('done', { state: 'completed' }),
  job('far', { server: server('far', ELSEWHERE) }),
  unmarked(job('theirs')),
];

function foresee(gone: Connector, others: readonly Connector[]) {
  const { stalled, ...rest } = effectsOfDisassociation('production', gone, [gone, ...others], JOBS, PROJECT);
  const { lastOfVCenter, lastOfAll, stalledOthers } = rest;
  return { lastOfVCenter, lastOfAll, stalledOthers, stalled: stalled.map(({ id }) => id) };
}

describe('taking a connector away', () => {
  it('stalls the jobs of its vCenter where it is the last healthy one there', () => {
    const left = [connector('c-2', ELSEWHERE), connector('c-3', { healthy: false })];
    expect(foresee(connector('c-1', { vmManagerId: MANAGER.toLowerCase() }), left)).toEqual({
      lastOfVCenter: true,
      lastOfAll: false,
      stalled: ['sms-job-app', 'sms-job-web'],
      stalledOthers: 1,
    });
  });

  it('stalls nothing while another healthy one serves the vCenter', () => {
    expect(foresee(connector('c-1'), [connector('c-2')])).toEqual({
      lastOfVCenter: false,
      lastOfAll: false,
      stalled: [],
      stalledOthers: 0,
    });
  });

  it('stalls everything where it is the last of all', () => {
    expect(foresee(connector('c-1'), [connector('c-2', { healthy: false, ...ELSEWHERE })])).toEqual({
      lastOfVCenter: true,
      lastOfAll: true,
      stalled: ['sms-job-app', 'sms-job-far', 'sms-job-web'],
      stalledOthers: 1,
    });
  });

  it('changes nothing where it is not healthy', () => {
    expect(foresee(connector('c-1', { healthy: false }), [])).toMatchObject({
      lastOfVCenter: false,
      lastOfAll: false,
      stalled: [],
    });
  });

  it('does not guess which vCenter one serves that does not say', () => {
    const silent: Connector = { id: 'c-1', healthy: true };
    expect(foresee(silent, [connector('c-2', ELSEWHERE)])).toMatchObject({
      lastOfVCenter: false,
      stalled: [],
    });
    expect(foresee(silent, [])).toMatchObject({
      lastOfAll: true,
      stalled: ['sms-job-app', 'sms-job-far', 'sms-job-web'],
    });
  });
});
