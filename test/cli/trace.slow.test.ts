import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BIN, PROGRAM_FOLDER } from '../setup/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets: { local: { provider: sms, region: us-west-2, endpoint: local } }
`;

describe('an error that should not occur', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-trace-'));
    writeFileSync(join(folder, 'landfall.yaml'), PROJECT);
    // Makes the first call of a method fail that all commands sort with.
    const mistake = 'Array.prototype.toSorted = () => { throw new TypeError("a mistake"); };';
    writeFileSync(join(folder, 'mistake.mjs'), mistake);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function fail(...flags: readonly string[]): { readonly status: number | null; readonly stderr: string } {
    const argv = ['--import', './mistake.mjs', BIN, 'validate', ...flags];
    return spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
  }

  it('has no stack trace, unless asked for', () => {
    const { status, stderr } = fail();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error INTERNAL {2}a mistake\n/);
    expect(stderr).not.toMatch(/:\d+:\d+/);
  });

  it('is traced to its line in src/ by the source maps', () => {
    const { stderr } = fail('--verbose');
    expect(stderr).not.toContain(PROGRAM_FOLDER);
    const maps = join(PROGRAM_FOLDER, 'dist');
    const trace = execFileSync(process.execPath, [join(root, 'script/trace.mjs'), maps], {
      input: stderr,
      encoding: 'utf8',
    });
    const [, file = '', line = ''] = /at (src\/[\w/-]+\.ts):(\d+)\n/.exec(trace) ?? [];
    const source = readFileSync(join(root, file), 'utf8').split('\n');
    expect(source[Number(line) - 1]).toContain('toSorted');
  });

  it('needs the folder with the source maps', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'script/trace.mjs'), 'nowhere'], {
      input: '',
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'there is no folder nowhere: name the one with the source maps, or run `npm run build`\n',
    );
  });
});
