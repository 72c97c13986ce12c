import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

/** A VM with a system and a licence that fits it. */
const licensed = (vm: string): string => vm.replace('{ ', '{ os: rhel-7.3, licenseType: BYOL, ');

// The service's own spelling of enum values varies (domain facts): what landfall does must not.
const WAYS = SERVICES.flatMap((service) =>
  (service.name === 'sms' ? (['model', 'console'] as const) : (['model'] as const)).map((wireStyle) => ({
    service,
    name: service.name,
    wireStyle,
  })),
);

interface PlanJson {
  readonly has_changes: boolean;
  readonly checksum: string;
  readonly changes: readonly {
    address: string;
    id?: string;
    change: { actions: string[]; before: object; after: object };
  }[];
  readonly concerns: readonly {
    id: string;
    severity: string;
    address?: string;
    file?: string;
    line?: number;
  }[];
  readonly summary: Record<string, number>;
}

describe.each(WAYS)(
  'the main job on $name, enum values spelled as by the $wireStyle',
  ({ service, wireStyle }) => {
    const { wave } = service;
    const VM = licensed(service.vm('awsscrum-lnx1'));
    const OTHER = licensed(service.vm('awsscrum-lnx2'));

    let world: ScratchProject;
    beforeEach(async () => {
      world = new ScratchProject({
        'landfall.yaml': service.project(),
        'waves/sdsc-01.yaml': wave('sdsc-01', [VM]),
      });
      if (wireStyle === 'console') await world.serve({ wireStyle });
      await service.ready(world);
    });
    afterEach(async () => {
      await world.dispose();
    });

    async function plan(...flags: string[]): Promise<PlanJson & { code: number }> {
      const { code, stdout } = await world.run('plan', '--format', 'json', ...flags);
      return { code, ...(JSON.parse(stdout) as PlanJson) };
    }

    it('plans a create, applies it, and then has nothing to do', async () => {
      const first = await world.run('plan', '--detailed-exitcode');
      expect(first.code).toBe(2);
      expect(first.stdout).toContain('awsscrum-lnx1');
      expect(first.stdout).toContain('1 to create');

      const applied = await world.run('apply', '--auto-approve');
      expect(applied).toMatchObject({ code: 0 });
      expect(applied.stdout).toContain('1 created');

      const second = await world.run('plan', '--detailed-exitcode');
      expect(second).toMatchObject({ code: 0 });
      expect(second.stdout).toMatch(/^No changes\b.*\n$/);
    });

    it('updates in place, moves between waves, replaces and deletes', async () => {
      await world.run('apply', '--auto-approve');

      world.write('waves/sdsc-01.yaml', wave('sdsc-02', [licensed(service.vm('awsscrum-lnx1', 24))]));
      const update = await plan();
      expect(update.changes).toMatchObject([
        {
          address: 'sdsc-02/awsscrum-lnx1',
          change: {
            actions: ['update'],
            before: { [service.field]: 12, owner: 'ucop/sdsc-01' },
            after: { [service.field]: 24, owner: 'ucop/sdsc-02' },
          },
        },
      ]);
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
      expect((await plan()).has_changes).toBe(false);

      world.write('waves/sdsc-01.yaml', wave('sdsc-02', [licensed(service.vm('awsscrum-lnx1', 'other'))]));
      expect((await plan()).changes[0]?.change.actions).toEqual(
        service.replaces ? ['delete', 'create'] : ['update'],
      );
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
      expect((await plan()).has_changes).toBe(false);

      world.write('waves/sdsc-01.yaml', wave('sdsc-02', [OTHER]));
      const { changes } = await plan();
      expect(changes.map(({ address, change }) => [address, change.actions])).toEqual([
        ['sdsc-02/awsscrum-lnx1', ['delete']],
        ['sdsc-02/awsscrum-lnx2', ['create']],
      ]);
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
      expect((await plan()).has_changes).toBe(false);
    });

    it('does not delete everything when the manifests are gone', async () => {
      await world.run('apply', '--auto-approve');
      world.remove('waves/sdsc-01.yaml');
      expect((await world.run('plan')).stderr).toContain('no file matches waves/*.yaml');
      world.write('landfall.yaml', service.project().replace('waves/*.yaml', ''));

      const refused = await plan();
      expect(refused).toMatchObject({ code: 3, has_changes: false });
      expect(refused.concerns).toContainEqual(expect.objectContaining({ id: 'guard.allow-empty' }));
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 3 });

      expect(await world.run('apply', '--auto-approve', '--allow-empty')).toMatchObject({ code: 0 });
      expect((await plan('--allow-empty')).changes).toEqual([]);
    });

    it('does not delete the jobs of a wave whose file no glob matches any more', async () => {
      world.write('waves/two.yaml', wave('two', [OTHER]));
      await world.run('apply', '--auto-approve');
      world.remove('waves/two.yaml');
      world.write('waves/two.yml', wave('two', [OTHER]));

      const refused = await plan();
      expect(refused).toMatchObject({ code: 3, has_changes: false });
      expect(refused.concerns).toMatchObject([
        { id: 'file.unmatched', severity: 'warning', file: 'waves/two.yml', line: 1 },
        { id: 'delete.file-unmatched', severity: 'critical', file: 'waves/two.yml', line: 1 },
      ]);

      world.remove('waves/two.yml');
      expect((await plan()).summary).toMatchObject({ delete: 1 });
    });

    it('refuses a VM the catalogue does not know, and carries out the rest', async () => {
      world.write('waves/sdsc-01.yaml', wave('sdsc-01', [VM, '{ name: nobody }']));
      const applied = await world.run('apply', '--auto-approve', '--report', 'report.json');
      expect(applied).toMatchObject({ code: 6 });
      expect(applied.stdout).toContain('1 created');
      expect(JSON.parse(world.read('report.json'))).toMatchObject({
        exit_code: 6,
        summary: { created: 1, blocked: 1 },
      });
      // Nothing is left to do but what is blocked: the whole run is refused.
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 3 });
      expect((await plan()).concerns).toMatchObject([
        {
          id: 'vm.unknown',
          severity: 'critical',
          address: 'sdsc-01/nobody',
          file: 'waves/sdsc-01.yaml',
          line: 8,
        },
      ]);
    });

    it('blocks a VM whose licence its system may not have', async () => {
      world.write('waves/sdsc-01.yaml', wave('sdsc-01', [VM.replace('BYOL', 'AWS'), OTHER]));
      const planned = await plan();
      expect(planned).toMatchObject({ code: 3, summary: { create: 1 } });
      expect(planned.concerns).toMatchObject([
        { id: 'licence.linux-aws', severity: 'critical', address: 'sdsc-01/awsscrum-lnx1', line: 7 },
      ]);
    });

    it('defers what a cap leaves no room for, and says which cap', async () => {
      world.write('waves/sdsc-01.yaml', wave('sdsc-01', [VM, OTHER], ['limits: { activeReplications: 1 }']));
      expect((await plan()).summary).toMatchObject({ create: 1, defer: 1 });
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
      const later = await world.run('plan', '--detailed-exitcode');
      expect(later).toMatchObject({ code: 7 });
      expect(later.stdout).toContain('deferred');
    });

    it('is the same for the same input, whatever the order of files', async () => {
      world.write('waves/a.yaml', wave('zz', [OTHER]));
      const one = await plan();
      world.remove('waves/a.yaml');
      world.write('waves/z.yaml', wave('zz', [OTHER]));
      expect((await plan()).checksum).toBe(one.checksum);
    });

    it('asks before it changes anything', async () => {
      const nobody = await world.run('apply');
      expect(nobody.code).toBe(1);
      expect(nobody.stderr).toContain('--auto-approve');
      expect((await plan()).has_changes).toBe(true);

      world.answer = 'y';
      expect(await world.run('apply')).toMatchObject({ code: 1 });
      expect((await plan()).has_changes).toBe(true);

      world.answer = 'yes';
      expect(await world.run('apply')).toMatchObject({ code: 0 });
      expect((await plan()).has_changes).toBe(false);
    });

    it('narrows by wave and VM, and refuses names that fit nothing', async () => {
      world.write('waves/sdsc-02.yaml', wave('sdsc-02', [OTHER]));
      expect((await plan('--wave', 'sdsc-02')).changes).toMatchObject([{ address: 'sdsc-02/awsscrum-lnx2' }]);
      expect((await plan('--vm', '*lnx1')).changes).toMatchObject([{ address: 'sdsc-01/awsscrum-lnx1' }]);

      const typo = await world.run('plan', '--wave', 'sdcs-02');
      expect(typo.code).toBe(1);
      expect(typo.stderr).toContain('did you mean sdsc-02?');
      expect(await world.run('plan', '--target', 'lokal')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('did you mean local?') as unknown,
      });
    });

    it('deletes nothing outside a narrowed selection', async () => {
      world.write('waves/sdsc-02.yaml', wave('sdsc-02', [OTHER]));
      await world.run('apply', '--auto-approve');
      world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: db-prod-01 }']));
      world.remove('waves/sdsc-02.yaml');
      const narrowed = await plan('--wave', 'sdsc-02');
      expect(narrowed.changes).toMatchObject([
        { address: 'sdsc-02/awsscrum-lnx2', change: { actions: ['delete'] } },
      ]);
    });

    it('needs no credentials, and looks at none', async () => {
      world.env = { AWS_PROFILE: 'nowhere', AWS_ACCESS_KEY_ID: 'AKIA', AWS_ENDPOINT_URL: 'http://192.0.2.1' };
      expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    });
  },
);
