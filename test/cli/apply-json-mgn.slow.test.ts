import { describe, expect, it } from '@jest/globals';
import { apply } from './streamed.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const DAY = 24 * 3_600_000;
const CONFIRMED = ['--confirm-finalize', 'a', '--confirm-revert', 'a'];

describe('what an apply on MGN tells programs', () => {
  const mgn = PROJECT.replace('provider: sms', 'provider: mgn').replace(
    'endpoint: local',
    'endpoint: local, mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }',
  );

  it('fits the same schemas, through all phases', async () => {
    const world = new ScratchProject({ 'landfall.yaml': mgn });
    const phase = (name: string) => {
      const lines = wave('a', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-win1 }'], [`phase: ${name}`]);
      world.write('waves/a.yaml', lines.replace('  defaults: { frequency: 12 }\n', ''));
    };
    try {
      expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({ code: 0 });
      const steps = new Set<unknown>();
      for (const name of ['replicate', 'test', 'ready', 'cutover', 'finalize', 'archive']) {
        phase(name);
        for (let turn = 0; turn < 6; turn += 1) {
          const { code, events } = await apply(world, '--auto-approve', ...CONFIRMED);
          expect([name, code]).toEqual([name, 0]);
          for (const { type, hook } of events) {
            if (type === 'apply_complete' && hook?.['action'] === 'advance') steps.add(hook['step']);
          }
          world.now += DAY;
        }
      }
      expect([...steps]).toEqual(
        expect.arrayContaining(['StartTest', 'StartCutover', 'TerminateTargetInstances']),
      );
      expect(steps.size).toBeGreaterThan(5);
    } finally {
      await world.dispose();
    }
  });
});
