import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STAGES } from '../../src/core/journey.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { smsTraits } from '../../src/providers/sms/traits.ts';
import { mgnAccounts, smsAccounts } from '../journey/accounts.ts';
import { statusOf } from '../journey/runs.ts';

const text = readFileSync('docs/lifecycle.md', 'utf8');
const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (both|SMS|MGN) +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, stage = '', service = '', evidence = '', next = '']) => ({ stage, service, evidence, next }),
);

/** The stages that VMs of random accounts have. */
function stagesOf(accounts: fc.Arbitrary<PlanInput>): ReadonlySet<string> {
  const inputs = fc.sample(accounts, 500);
  return new Set(inputs.flatMap((input) => statusOf(input).vms.map(({ stage }) => stage)));
}

/** Found before the VM has a server, so by no service. */
const WITHOUT_SERVICE = 'not-in-catalog';

describe('the table of stages in docs/lifecycle.md', () => {
  it('has a row for each stage, in order, with its evidence and its next step', () => {
    expect(rows.map(({ stage }) => stage)).toEqual([...STAGES]);
    for (const { evidence, next } of rows) expect([evidence, next]).not.toContain('');
  });

  it.each([
    ['SMS', smsAccounts],
    ['MGN', mgnAccounts],
  ] as const)('names the stages that a VM on %s can have', (service, accounts) => {
    const told = rows.filter((row) => row.service === 'both' || row.service === service);
    const found = new Set([...stagesOf(accounts), WITHOUT_SERVICE]);
    expect(told.map(({ stage }) => stage)).toEqual(STAGES.filter((stage) => found.has(stage)));
  });

  it('has the words of every step of both services', () => {
    for (const { phases } of [smsTraits, mgnTraits])
      for (const words of Object.values(phases.stepTexts)) expect(text).toContain(`apply to ${words}\``);
  });
});
