import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const CUTOVER = ["cutover: { at: '2027-01-09T22:00:00', timeZone: America/Los_Angeles, finalizeAfter: 7d }"];

describe('landfall calendar', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({
      'landfall.yaml': `${PROJECT}windows: [{ name: weekends, schedule: '0 22 * * 6', duration: 6h }]\n`,
      'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }'], CUTOVER),
    });
  });
  afterEach(() => world.dispose());

  it('writes the windows of so many days, and the dates of waves and jobs whenever they are', async () => {
    await world.run('apply', '--auto-approve');
    world.now += 86_400_000;
    const { code, stdout, stderr } = await world.run('calendar', '--days', '12');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '5 events; windows from 2026-11-24 00:00 UTC to 2026-12-06 00:00 UTC.\n',
    });
    expect(
      stdout.replace(/BEGIN:VTIMEZONE.*END:VTIMEZONE/s, '').match(/(?<=SUMMARY:|DTSTART[^:]*:).*(?=\r)/g),
    ).toEqual([
      ...['20261128T220000Z', 'Window: weekends', '20261205T220000Z', 'Window: weekends'],
      ...['20270109T220000', 'Cut-over: sdsc-01 (1 VM)', '20270116T220000'],
      ...['Finalize from now on: sdsc-01 (1 VM)', '20270221T000000'],
      '90 days of replication end: sdsc-01 (1 VM)',
    ]);
  });

  it('writes the same bytes again on the same day, stamped with the commit', async () => {
    const git = (...words: readonly string[]): unknown =>
      execFileSync('git', ['-C', world.folder, ...words], {
        env: { ...process.env, GIT_COMMITTER_DATE: '2026-11-20T07:00:00Z' },
      });
    git('init', '--quiet');
    git('add', 'landfall.yaml', 'waves');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.net', 'commit', '--quiet', '--message', 'Waves');
    const first = await world.run('calendar', '--out', 'waves.ics');
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(/^Wrote waves\.ics: \d+ events/);
    const text = world.read('waves.ics');
    expect(new Set(text.match(/DTSTAMP:\w+/g))).toEqual(new Set(['DTSTAMP:20261120T070000Z']));
    world.now += 3_600_000;
    await world.run('calendar', '--out', 'waves.ics');
    expect(world.read('waves.ics')).toBe(text);
    const { stdout } = await world.run('calendar', '--at', '2026-11-23T10:00:00Z');
    expect(stdout.replaceAll('20261123T100000Z', '20261120T070000Z')).toBe(text);
  });

  it('refuses what is no number of days, and a link in place of the file', async () => {
    const many = await world.run('calendar', '--days', '1001');
    expect(many).toMatchObject({ code: 1, stdout: '' });
    expect(many.stderr).toContain('give at most 1000');
    world.write('kept', 'kept');
    symlinkSync('kept', join(world.folder, 'waves.ics'));
    const linked = await world.run('calendar', '--out', 'waves.ics');
    expect(linked.code).toBe(1);
    expect(linked.stderr).toContain('FILE_UNWRITABLE');
    expect(readFileSync(join(world.folder, 'kept'), 'utf8')).toBe('kept');
  });
});
