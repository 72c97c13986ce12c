import { describe, expect, it } from '@jest/globals';
import { importBytes } from './support.ts';

describe('the waves of a hundred thousand VMs', () => {
  it('hold them all, in files that are small enough for a manifest', () => {
    const lines = ['VM,Folder,Datacenter,VM ID,VI SDK UUID,OS according to the configuration file'];
    for (let index = 0; index < 100_000; index++) {
      lines.push(
        `vm${index % 60_000},Folder ${index % 7},SDSC,vm-${index},A,Red Hat Enterprise Linux 7 (64-bit)`,
      );
    }
    const { files } = importBytes(Buffer.from(lines.join('\n')));
    expect(files.reduce((sum, { vms }) => sum + vms, 0)).toBe(100_000);
    expect(Math.max(...files.map(({ text }) => text.length))).toBeLessThan(10 * 1024 * 1024);
  });
});
