const DAY = 86_400_000;

/** The parts of a time whose fields in UTC are those of a time zone, as CEL counts them: all but `getDate` from 0. */
const PARTS: Readonly<Record<string, (wall: Date) => number>> = {
  getDate: (wall) => wall.getUTCDate(),
  getDayOfMonth: (wall) => wall.getUTCDate() - 1,
  getDayOfWeek: (wall) => wall.getUTCDay(),
  getDayOfYear: (wall) => Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY),
  getFullYear: (wall) => wall.getUTCFullYear(),
  getHours: (wall) => wall.getUTCHours(),
  getMilliseconds: (wall) => wall.getUTCMilliseconds(),
  getMinutes: (wall) => wall.getUTCMinutes(),
  getMonth: (wall) => wall.getUTCMonth(),
  getSeconds: (wall) => wall.getUTCSeconds(),
};

/**
 * Returns a part of a time in a time zone. The evaluator's own functions write the time down and read it in the time zone of
 * the machine, which may have no such hour, and count the days of the year from -1.
 * @param name of the function of CEL, such as `getHours`
 * @returns undefined if there is no such function
 * @throws RangeError for an unknown time zone, or no time
 */
export function partOfTime(name: string, time: Date, timeZone = 'UTC'): bigint | undefined {
  const part = PARTS[name];
  return part === undefined ? undefined : BigInt(part(wallTime(time, timeZone)));
}

function wallTime(time: Date, timeZone: string): Date {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(time);
  const numberOf = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [numberOf('year'), numberOf('month') - 1, numberOf('day')];
  const [hour, minute, second] = [numberOf('hour'), numberOf('minute'), numberOf('second')];
  return new Date(Date.UTC(year, month, day, hour, minute, second, time.getUTCMilliseconds()));
}
