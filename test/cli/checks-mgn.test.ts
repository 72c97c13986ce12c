import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const [, MGN] = SERVICES;

interface ApplyJson {
  readonly results: readonly { readonly status: string; readonly message?: string }[];
}

describe('checks of a launched instance', () => {
  let world: ScratchProject;
  let server: Server;
  let status = 503;

  beforeEach(async () => {
    server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    await world.useSmallInventory();
    await MGN.ready(world);
  });
  afterEach(async () => {
    server.close();
    await world.dispose();
  });

  const port = () => (server.address() as AddressInfo).port;

  function write(phase: string, ...checks: readonly string[]): void {
    const cutover = checks.length === 0 ? [] : [`cutover: { checks: [${checks.join(', ')}] }`];
    const spec = [`phase: ${phase}`, 'test: skip', ...cutover];
    world.write('waves/w1.yaml', MGN.wave('w1', [MGN.vm('awsscrum-lnx1')], spec));
  }

  async function apply(...argv: readonly string[]): Promise<ApplyJson & { readonly code: number }> {
    const confirmed = ['--auto-approve', '--confirm-finalize=w1', '--format', 'json'];
    const { code, stdout } = await world.run('apply', ...confirmed, ...argv);
    return { code, ...(JSON.parse(stdout) as ApplyJson) };
  }

  it('keep a cut-over from being finalized until they succeed', async () => {
    write('cutover');
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await apply()).toMatchObject({ code: 0 });
      world.now += 12 * HOUR;
    }
    const url = `http://{address}:${port()}/{name}`;
    write('finalize', `{ tcp: ${port()} }`, `{ http: { url: '${url}' } }`);
    const planned = await world.run('plan', '--confirm-finalize=w1', '--out', 'plan.json');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout).toContain(`only if these checks succeed: tcp ${port()}, http`);

    const failed = await apply();
    expect(failed).toMatchObject({ code: 6, results: [{ status: 'failed' }] });
    expect(failed.results[0]?.message).toContain(
      `http http://127.0.0.1:${port()}/awsscrum-lnx1: status 503, not 200`,
    );

    // A local target connects to this machine only, whatever a manifest says.
    write('finalize', '{ tcp: 443, host: db.corp.example }');
    expect((await apply()).results[0]?.message).toContain('a local target connects to this machine only');
    write('finalize', '{ tcp: 1 }');
    expect((await apply()).results[0]?.message).toMatch(/tcp 127\.0\.0\.1:1: .*ECONNREFUSED/);

    status = 200;
    expect(await world.run('apply', 'plan.json')).toMatchObject({ code: 0 });
    expect((await world.run('status')).stdout).toContain('finalized');
  });
});
