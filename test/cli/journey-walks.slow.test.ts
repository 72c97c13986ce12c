import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { steps, walk } from './journey-walks.ts';
import { SERVICES } from './services.ts';

const [SMS, MGN] = SERVICES;
const RUNS = { numRuns: 8, endOnFailure: true };

describe('any walk of a wave', () => {
  it('on SMS is told alike by all commands, and promises only what the service accepts', async () => {
    const names = ['awsscrum-lnx1', 'awsscrum-lnx2'];
    const phases = ['replicate', 'cutover', 'finalize'];
    await fc.assert(
      fc.asyncProperty(steps, (path) => walk(SMS, phases, names, path)),
      RUNS,
    );
  }, 600_000);

  it('on MGN is told alike by all commands, and promises only what the service accepts', async () => {
    const names = ['p-payroll-web01', 'p-ledger-db01'];
    const phases = ['replicate', 'test', 'cutover', 'finalize'];
    await fc.assert(
      fc.asyncProperty(steps, (path) => walk(MGN, phases, names, path)),
      RUNS,
    );
  }, 600_000);
});
