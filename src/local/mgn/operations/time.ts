/** Times on the wire are ISO 8601; a time that is undefined drops out of the JSON. */
export function time(milliseconds: number): string;
export function time(milliseconds: number | undefined): string | undefined;
export function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

/** A span of time as ISO 8601, in days, hours, minutes and whole seconds. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const clock = [
    [hours, 'H'],
    [minutes, 'M'],
    [seconds % 60, 'S'],
  ].flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`]));
  const time = clock.length === 0 ? '' : `T${clock.join('')}`;
  return days === 0 ? `P${time || 'T0S'}` : `P${days}D${time}`;
}
