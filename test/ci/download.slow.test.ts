import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPT = new URL('../../script/action/download.sh', import.meta.url);
const COMMIT = 'a'.repeat(40);

describe('the download of the action', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-download-'));
    mkdirSync(join(folder, 'package', 'dist'), { recursive: true });
    writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify({ gitHead: COMMIT }));
    writeFileSync(join(folder, 'package', 'dist', 'bin.js'), 'released');
    execFileSync('tar', ['-czf', 'landfall-1.2.3.tgz', 'package'], { cwd: folder });
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, 'landfall-1.2.3.tgz')))
      .digest('hex');
    writeFileSync(join(folder, 'SHA256SUMS'), `${sum}  landfall-1.2.3.tgz\n`);
    const curl = `#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --output ] && out="$2"; shift; done\n[ "\${1%/*}" = https://github.com/org/landfall/releases/download/v1.2.3 ] && cp "${folder}/\${1##*/}" "$out"\n`;
    writeFileSync(join(folder, 'curl'), curl, { mode: 0o755 });
    mkdirSync(join(folder, 'checkout'));
    writeFileSync(join(folder, 'checkout', 'package.json'), '{ "version": "1.2.3" }');
    cpSync(SCRIPT, join(folder, 'download.sh'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the script in the checkout; tells whether it took the package. */
  function take(ref: string): boolean {
    const { status } = spawnSync('bash', [join(folder, 'download.sh')], {
      cwd: join(folder, 'checkout'),
      env: {
        PATH: `${folder}:${String(process.env['PATH'])}`,
        ACTION_REF: ref,
        ACTION_REPOSITORY: 'org/landfall',
        GITHUB_SERVER_URL: 'https://github.com',
      },
    });
    expect(existsSync(join(folder, 'checkout', 'dist', 'bin.js'))).toBe(status === 0);
    return status === 0;
  }

  it.each<[boolean, string]>([
    [true, 'v1.2.3'],
    [true, COMMIT],
    [false, 'b'.repeat(40)],
    [false, 'v1'],
    [false, 'main'],
    [false, ''],
  ])('takes the package (%s) for the ref "%s"', (isTaken, ref) => {
    expect(take(ref)).toBe(isTaken);
  });

  it('refuses a package with another checksum', () => {
    writeFileSync(join(folder, 'landfall-1.2.3.tgz'), 'changed');
    expect(take('v1.2.3')).toBe(false);
  });
});
