import { expect } from '@jest/globals';
import { shippedSchema } from '../report/shipped-schema.ts';
import type { Run, ScratchProject } from './scratch-project.ts';

const isEvent = shippedSchema('apply-event', 'forbidden');
const isOutcome = shippedSchema('outcome', 'forbidden');
const TYPES = (
  shippedSchema('apply-event', 'allowed').schema as { allOf: { then: { $ref: string } }[] }
).allOf.map(({ then }) => then.$ref.replace('#/$defs/', ''));

/** What tests ask of a line. */
export interface Event {
  readonly '@message': string;
  readonly '@timestamp': string;
  readonly type: string;
  readonly hook?: Record<string, unknown>;
  readonly change?: Record<string, unknown>;
  readonly exit_code?: number;
}

/** The lines of a stream; each fits the shipped schema. */
export function eventsOf(text: string): readonly Event[] {
  expect(text).toMatch(/\n$/);
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  for (const event of events) {
    expect([event, isEvent(event) ? [] : isEvent.errors]).toEqual([event, []]);
    expect(TYPES).toContain(event.type);
  }
  return events;
}

export const typesOf = (events: readonly Event[]): readonly string[] => events.map(({ type }) => type);

export interface Streamed extends Run {
  readonly events: readonly Event[];
  readonly outcome: Record<string, unknown>;
}

/** The report as it stands; it fits the shipped schema. */
export function outcomeOf(world: ScratchProject): Record<string, unknown> {
  const outcome = JSON.parse(world.read('report.json')) as Record<string, unknown>;
  expect([outcome, isOutcome(outcome) ? [] : isOutcome.errors]).toEqual([outcome, []]);
  return outcome;
}

/** Applies with every output for programs, and holds all of them to their schemas and to one another. */
export async function apply(world: ScratchProject, ...argv: readonly string[]): Promise<Streamed> {
  const outputs = ['--json', '--json-into', 'stream.jsonl', '--report', 'report.json'];
  const run = await world.run('apply', ...outputs, ...argv);
  const events = eventsOf(run.stdout);
  expect(world.read('stream.jsonl')).toBe(run.stdout);

  const outcome = outcomeOf(world);
  expect(outcome).toMatchObject({ exit_code: run.code });
  // The first line says whose stream it is, and the last one, and only that, how it ended.
  expect(events[0]).toMatchObject({ type: 'version', ui: '1.1' });
  expect(events.flatMap(({ exit_code: code }, index) => (code === undefined ? [] : [[index, code]]))).toEqual(
    [[events.length - 1, run.code]],
  );
  return { ...run, events, outcome };
}
