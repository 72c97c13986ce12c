import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadlines } from '../../../src/network/http-handler.ts';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

class Call {
  error: Error | undefined;

  destroy(error: Error): void {
    this.error = error;
  }
}

describe('deadlines', () => {
  it('end the calls that take too long, and only those', () => {
    const deadlines = new Deadlines(1000);
    const [slow, quick, late] = [new Call(), new Call(), new Call()];
    deadlines.begin(slow);
    deadlines.begin(quick);
    jest.advanceTimersByTime(900);
    deadlines.end(quick);
    deadlines.begin(late);
    jest.advanceTimersByTime(350);
    expect(slow.error).toMatchObject({ name: 'TimeoutError', message: 'no answer for 1 s' });
    expect(quick.error).toBeUndefined();
    expect(late.error).toBeUndefined();
    jest.advanceTimersByTime(1000);
    expect(late.error).toBeDefined();
  });

  it('keep no timer running while nothing is in flight, and begin again', () => {
    const deadlines = new Deadlines(1000);
    const [first, second] = [new Call(), new Call()];
    deadlines.begin(first);
    deadlines.end(first);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(250);
    expect(jest.getTimerCount()).toBe(0);
    deadlines.begin(second);
    jest.advanceTimersByTime(1250);
    expect(second.error).toBeDefined();
  });
});
