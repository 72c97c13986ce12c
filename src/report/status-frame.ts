import type { Status } from '../core/status.ts';
import { statusRows, type StatusTextOptions } from './status-rows.ts';
import { renderStatusText, waveLine } from './status-text.ts';

/**
 * The status as a screen of so many lines takes it: all of it where there is room, else each wave's counts and as
 * many of the VMs with something under way as fit. Each line ends in a newline.
 */
export function renderStatusFrame(
  status: Status,
  options: StatusTextOptions & { readonly rows: number },
): string {
  const whole = lines(renderStatusText(status, { ...options, bars: true }));
  // The line under the last one is the cursor's.
  const room = Math.max(options.rows - 1, 1);
  const shown = whole.length <= room ? whole : crop(status, options, room);
  return `${shown.join('\n')}\n`;
}

function crop(status: Status, options: StatusTextOptions, room: number): readonly string[] {
  const { colors } = options;
  const several = new Set(status.vms.map(({ target }) => target)).size > 1;
  const waves = status.waves.map((wave) => waveLine(wave, several, colors));
  const busy = status.vms.filter(({ run, progress }) => run !== undefined || progress?.isMoving === true);
  const rows = statusRows(busy, { ...options, bars: true });
  const all = [
    ...waves,
    ...(busy.length > 0 ? [`  ${rows.heading}`] : []),
    ...busy.map((vm) => `  ${rows.lines.get(vm) ?? ''}`),
  ];
  if (all.length <= room) return all;
  const kept = all.slice(0, room - 1);
  return [...kept, colors.dim(`and ${all.length - kept.length} more lines, for which there is no room`)];
}

function lines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}
