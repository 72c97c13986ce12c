import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { VmEntry } from '../../src/core/status.ts';
import { refuseBeyondCaps, runCaps } from '../../src/journey/on-demand.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import { job, unmarked, vm, wave, type PlanParts, planInput } from '../plan/plan-input.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index}`);

/** Which VMs may run and why the others may not, where the jobs with these names are busy. */
function admit(
  parts: PlanParts,
  busy: readonly string[],
  chosen: (subject: VmEntry) => boolean = () => true,
) {
  const { desired, observed, traits } = planInput(parts);
  const subjects = findSubjects(desired, observed, traits);
  const caps = runCaps(desired, observed, subjects);
  const able = subjects.filter((subject) => chosen(subject) && !busy.includes(subject.job?.id ?? ''));
  const refused = refuseBeyondCaps(able, caps, (_, id) => busy.includes(id));
  return { caps, able, refused };
}

const jobsOf = (vms: readonly string[]) => vms.map((name) => job(name));
const busyOf = (vms: readonly string[]) => vms.map((name) => `sms-job-${name}`);

describe('a cap on runs', () => {
  it('needs no counting where there are no more jobs than it allows', () => {
    const vms = names(5);
    const parts = { vms: vms.map((name) => vm(name)), servers: vms, jobs: jobsOf(vms) };
    expect(admit({ ...parts, limit: 5 }, []).caps).toEqual([]);
    expect(admit({ ...parts, limit: 4 }, []).caps).toHaveLength(1);
    const over = [...jobsOf(vms.slice(1)), job('vm-0', { state: 'completed' })];
    expect(admit({ ...parts, jobs: over, limit: 4 }, []).caps).toEqual([]);
  });

  it('counts every run of the account, ours or not', () => {
    const vms = names(3);
    const theirs = ['x', 'y'].map((name) => unmarked(job(name)));
    const parts = {
      vms: vms.map((name) => vm(name)),
      servers: vms,
      jobs: [...jobsOf(vms), ...theirs],
      limit: 3,
    };
    const ours = ({ wave: of }: VmEntry) => of !== undefined;
    const { refused } = admit(parts, busyOf(['x', 'y']), ours);
    expect([...refused].map(([{ address }, reason]) => [address, reason])).toEqual([
      ['sdsc-01/vm-1', 'target production has 3 of 3 active replication runs, 1 of them starting now'],
      ['sdsc-01/vm-2', 'target production has 3 of 3 active replication runs, 1 of them starting now'],
    ]);
  });

  it('of a wave holds for its VMs only, and takes nothing from the target', () => {
    const vms = names(4);
    const parts = {
      vms: vms.map((name, index) => vm(name, { wave: index < 3 ? 'one' : 'two' })),
      waves: [wave('one', 1), wave('two')],
      servers: vms,
      jobs: jobsOf(vms),
      limit: 3,
    };
    const { refused } = admit(parts, busyOf(['vm-0']));
    expect([...refused].map(([{ address }, reason]) => [address, reason])).toEqual([
      ['one/vm-1', 'wave one has 1 of 1 active replication runs'],
      ['one/vm-2', 'wave one has 1 of 1 active replication runs'],
    ]);
  });

  it('is never passed, and leaves no room unused', () => {
    const numbers = fc.nat(12);
    fc.assert(
      fc.property(
        numbers,
        numbers,
        numbers,
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 1, max: 14 }),
        (first, second, running, limit, ofWave) => {
          const vms = names(first + second);
          const busy = busyOf(vms.slice(0, running));
          const { able, refused } = admit(
            {
              vms: vms.map((name, index) => vm(name, { wave: index % 2 === 0 ? 'one' : 'two' })),
              waves: [wave('one', ofWave), wave('two')],
              servers: vms,
              jobs: jobsOf(vms),
              limit,
            },
            busy,
          );
          const started = able.filter((subject) => !refused.has(subject));
          const inOne = (index: number) => index % 2 === 0;
          const busyInOne = busy.filter((_, index) => inOne(index)).length;
          const startedInOne = started.filter(({ wave: of }) => of === 'one').length;
          const roomInAll = Math.max(0, limit - busy.length);
          const roomInOne = Math.max(0, ofWave - busyInOne);
          expect(started.length).toBeLessThanOrEqual(roomInAll);
          expect(startedInOne).toBeLessThanOrEqual(roomInOne);
          if (refused.size > 0) {
            const isFull = started.length === roomInAll || startedInOne === roomInOne;
            expect(isFull).toBe(true);
          }
        },
      ),
    );
  });
});
