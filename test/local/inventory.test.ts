import { readFileSync } from 'node:fs';
import { parseYesNo as importYesNo } from '../../src/inventory/decisions.ts';
import { parseYesNo } from '../../src/local/inventory/exported-vm.ts';
import { readDatacentre } from '../../src/local/inventory/datacentre.ts';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { begin, DAY, MANAGER, START, VM } from './support.ts';
import type { WireServer } from './support.ts';
import { servers } from './jobs.ts';

const HEADER = ['VM', 'Template', 'Folder', 'Datacenter', 'VM ID', 'VI SDK Server', 'VI SDK UUID'];
const ROWS = [
  ['zürich-01', 'False', 'Produktion', 'Zürich', 'vm-1', 'vc.example.com', 'AAAA'],
  ['web, old "2"', 'False', '', 'Zürich', 'vm-2', 'vc.example.com', 'AAAA'],
];
const csv = (rows: readonly (readonly string[])[], mark = ',') =>
  rows
    .map((row) =>
      row.map((cell) => (/[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(mark),
    )
    .join('\r\n');

async function loaded(source: string | Uint8Array): Promise<readonly WireServer[]> {
  const test = await begin();
  await test.endpoint.load(source);
  return servers(test);
}

const utf16 = (text: string, mark: boolean) => Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');

describe('the inventory', () => {
  it.each([
    ['UTF-8', Buffer.from(csv([HEADER, ...ROWS]))],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${csv([HEADER, ...ROWS])}`)],
    ['text', csv([HEADER, ...ROWS])],
    ['text with a mark', `\uFEFF${csv([HEADER, ...ROWS])}`],
    ['UTF-16', utf16(csv([HEADER, ...ROWS]), true)],
    ['UTF-16 the other way round', utf16(csv([HEADER, ...ROWS]), true).swap16()],
    ['semicolons', csv([HEADER, ...ROWS], ';')],
    ['tabs', csv([HEADER, ...ROWS], '\t')],
    ['a line that names the separator', `sep=;\r\n${csv([HEADER, ...ROWS], ';')}`],
    ['other columns between', csv([HEADER, ...ROWS].map((row) => row.flatMap((cell) => [cell, 'x;y'])))],
    ['empty lines', `\r\n${csv([HEADER, ...ROWS]).replace('\r\n', '\r\n\r\n')}\r\n\r\n`],
  ])('S11.1 is read: %s', async (_, source) => {
    const names = (await loaded(source)).map(({ vmServer }) => vmServer.vmPath).sort();
    expect(names).toEqual([
      '/Datacenters/Zürich/vm/Produktion/zürich-01',
      '/Datacenters/Zürich/vm/web, old "2"',
    ]);
  });

  it.each([
    ['nothing', '', /no VM/, 1],
    ['no header', 'a,b\nc,d\n', /"VM", "VM ID", "VI SDK UUID"/, 1],
    ['no VM ID', 'VM,VI SDK UUID\nx,y\n', /no column "VM ID"$/, 1],
    ['a header only', 'VM,VM ID,VI SDK UUID\n', /no VM/, 1],
    ['templates only', 'VM,VM ID,VI SDK UUID,Template\na,b,c,True\n', /no VM: line 2 is a template/, 2],
    ['a quote that does not close', 'VM,VM ID,VI SDK UUID\na,b,c\n"x,y,z\n', /not CSV/, 3],
    ['a quote in the middle', 'VM,VM ID,VI SDK UUID\na,b"x"y,c\n', /line 2, column 2 is not CSV/, 2],
    ['Windows-1252', Buffer.from(csv([HEADER, ...ROWS]), 'latin1'), /^line 2 is not UTF-8$/, 2],
    ['UTF-16 without a mark', utf16(csv([HEADER, ...ROWS]), false), /^line 1 is not UTF-8$/, 1],
    ['UTF-16 that is cut off', utf16(csv([HEADER, ...ROWS]), true).subarray(0, -1), /not valid UTF-16/, 1],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /./, 1],
  ])('S11.2 is refused: %s', async (_, source, message, line) => {
    const test = await begin();
    await expect(test.endpoint.load(source)).rejects.toMatchObject({
      code: 'BAD_INVENTORY',
      line,
      message: expect.stringMatching(message) as unknown,
    });
    expect(await servers(test)).toHaveLength(298);
  });

  it('S11.2 any text is either read or refused', async () => {
    const test = await begin();
    const cell = fc.oneof(
      fc.constantFrom('VM', 'VM ID', 'VI SDK UUID', '"', '\n', ',', '', 'True'),
      fc.string(),
    );
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.array(cell).map((cells) => Buffer.from(`VM,VM ID,VI SDK UUID\n${cells.join(',')}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (source) => {
        const code = await test.endpoint.load(source).then(
          ({ loaded: count }) => (count > 0 ? 'BAD_INVENTORY' : 'nothing'),
          (error: unknown) => (error as { code?: unknown }).code,
        );
        expect(code).toBe('BAD_INVENTORY');
      }),
    );
  });

  it('S11.3 skips rows that are not VMs, with the reason', async () => {
    const { endpoint } = await begin();
    const source = [
      'VM,VM ID,VI SDK UUID,Template,Annotation,SMS Server ID',
      'web01,vm-1,AAAA,False,"two',
      'lines",',
      'tmpl,vm-2,AAAA,TRUE,,',
      ',vm-3,AAAA,no,,',
      'x,,AAAA,no,,',
      'y,vm-5,,no,,',
      'web01 again,vm-1,aaaa,no,,',
      'short',
      'web02,vm-1,BBBB,no,,',
      'z,vm-9,AAAA,no,,s-1',
      'web03,vm-11,AAAA,no,,s-0000000a',
      'web04,vm-12,AAAA,no,,s-0000000a',
      'long,vm-13,AAAA,no,a,b,,s-0000000b',
      'lost\ufffd,vm-14,AAAA,no,,',
      'maybe,vm-15,AAAA,perhaps,,',
      'empty,vm-16,AAAA,,,',
      '',
      '"tmpl\r\n2",vm-17,AAAA,yes,,',
      'tmpl3,vm-18,AAAA,yes,,',
    ].join('\n');
    expect(await endpoint.load(source)).toEqual({
      loaded: 3,
      skipped: [
        { line: 4, reason: 'is a template' },
        { line: 5, reason: 'has no name' },
        { line: 6, reason: 'has no VM ID' },
        { line: 7, reason: 'has no VI SDK UUID' },
        { line: 8, reason: 'is the same VM as line 2' },
        { line: 9, reason: 'has 1 cell, and the header has 6' },
        { line: 11, reason: 'has an SMS Server ID that is not s- and 8 hexadecimal digits' },
        { line: 13, reason: 'has the SMS Server ID of line 12' },
        { line: 14, reason: 'has 8 cells, and the header has 6' },
        { line: 15, reason: 'has a name with a character that another program has lost (U+FFFD)' },
        { line: 16, reason: 'has the Template "perhaps", which is not known' },
        { line: 17, reason: 'has an empty Template' },
        { line: 19, reason: 'is a template' },
        { line: 21, reason: 'is a template' },
      ],
    });
  });

  it('S11.3 reads yes and no as an import does', () => {
    const word = fc.oneof(
      fc.constantFrom('WAHR', 'falsch', ' VRAI ', 'ЛОЖЬ', 'DOĞRU', 'yanlış', '偽', '-1', 'sí', 'x', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(word, (cell) => {
        expect(parseYesNo(cell)).toBe(importYesNo(cell));
      }),
    );
    const words = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/const (?:YES|NO)_WORDS = `[^`]*`/g)].map(([text]) => text);
    expect(words('src/local/inventory/exported-vm.ts')).toEqual(words('src/inventory/decisions.ts'));
  });

  it.each(['16384', '16,384', '16.384', '16 384', "16'384", '16384.00', '16,384.5', '16.384,50'])(
    'reads the memory %p as 16384 MiB',
    async (memory) => {
      const source = `VM,VM ID,VI SDK UUID,Memory\nweb,vm-1,A,"${memory}"\n`;
      const { machines } = await readDatacentre(source, 0);
      expect(machines).toMatchObject([{ mebibytes: 16384 }]);
    },
  );

  it.each([
    ['', '/Datacenters/SDSC/vm/web'],
    ['/', '/Datacenters/SDSC/vm/web'],
    ['vm', '/Datacenters/SDSC/vm/web'],
    ['Production/Web', '/Datacenters/SDSC/vm/Production/Web/web'],
    ['/Production/Web/', '/Datacenters/SDSC/vm/Production/Web/web'],
    ['/SDSC/vm/Production', '/Datacenters/SDSC/vm/Production/web'],
    ['/Datacenters/SDSC/vm/Production', '/Datacenters/SDSC/vm/Production/web'],
    ['Discovered virtual machine', '/Datacenters/SDSC/vm/Discovered virtual machine/web'],
  ])('S11.4 places a VM of the folder %p', async (folder, path) => {
    const [server] = await loaded(csv([HEADER, ['web', 'no', folder, 'SDSC', 'vm-1', '', 'AAAA']]));
    expect(server?.vmServer).toMatchObject({ vmPath: path, vmManagerName: 'AAAA' });
  });

  it('S11.5 gives a VM the same unique id in any inventory', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => [
      `vm${index}`,
      'no',
      '',
      '',
      `vm-${index % 1500}`,
      '',
      index < 1500 ? 'A' : 'B',
    ]);
    const idsOf = async (rows: readonly (readonly string[])[]) => {
      const test = await begin();
      await test.endpoint.load(csv([HEADER, ...rows]));
      const ids = new Map<string, string>();
      let nextToken: string | undefined;
      do {
        const page = await test.ok('GetServers', { maxResults: 1000, nextToken });
        for (const { serverId, vmServer } of page.serverList ?? []) ids.set(vmServer.vmName, serverId);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return ids;
    };
    const all = await idsOf(many);
    expect(new Set(all.values()).size).toBe(3000);
    const some = await idsOf([...many].reverse().filter((_, index) => index % 7 === 0));
    expect(some.size).toBe(429);
    for (const [name, id] of some) expect(all.get(name)).toBe(id);
  });

  it('S11.5 chooses another id if the export gives it to another VM', async () => {
    const vm = ['mine', 'no', '', '', 'vm-1', '', 'AAAA'];
    const [alone] = await loaded(csv([HEADER, vm]));
    const taken = alone?.serverId ?? '';
    const both = await loaded(
      csv([
        [...HEADER, 'SMS Server ID'],
        [...vm, ''],
        ['theirs', 'no', '', '', 'vm-2', '', 'AAAA', taken],
      ]),
    );
    const names = new Map(both.map(({ serverId, vmServer }) => [serverId, vmServer.vmName]));
    expect(names.size).toBe(2);
    expect(names.get(taken)).toBe('theirs');
  });

  it('S11.6 replaces VMs and connectors, and keeps jobs', async () => {
    const test = await begin();
    const kept = await test.create();
    const lost = await test.create({
      serverId: (await servers(test)).find(({ serverId }) => serverId !== VM)?.serverId,
    });
    await test.ok('DeleteServerCatalog');
    test.advance(DAY);
    const row = ['renamed', 'no', '', 'SDSC', 'vm-188760', 'new.example.com', MANAGER, VM, ''];
    await test.endpoint.load(csv([[...HEADER, 'SMS Server ID', 'SMS Connector ID'], row]));
    const { serverCatalogStatus, lastModifiedOn, serverList } = await test.ok('GetServers');
    expect([serverCatalogStatus, lastModifiedOn]).toEqual(['AVAILABLE', (START + DAY) / 1000]);
    expect(serverList).toMatchObject([
      { serverId: VM, replicationJobId: kept, vmServer: { vmName: 'renamed' } },
    ]);
    expect((await test.ok('GetConnectors')).connectorList).toMatchObject([
      { vmManagerName: 'new.example.com' },
    ]);
    expect((await test.job(lost)).state).not.toBe('DELETED');
  });

  it('S11.7 the default inventory has some 300 VMs of two vCenters', async () => {
    const all = await servers(await begin());
    expect(all).toHaveLength(298);
    expect(new Set(all.map(({ vmServer }) => vmServer.vmManagerName))).toEqual(
      new Set(['p-sdsc-vcenter1.xxxx.xxx', 'p-opdc-vcenter1.xxxx.xxx']),
    );
    expect(all.find(({ vmServer }) => vmServer.vmName === 'awsscrum-lnx1')).toEqual({
      serverId: 's-4e856027',
      serverType: 'VIRTUAL_MACHINE',
      vmServer: {
        vmServerAddress: { vmManagerId: MANAGER, vmId: 'vm-188760' },
        vmName: 'awsscrum-lnx1',
        vmManagerName: 'p-sdsc-vcenter1.xxxx.xxx',
        vmManagerType: 'VSPHERE',
        vmPath: '/Datacenters/SDSC/vm/awsscrum-lnx1',
      },
    });
    const twice = all
      .filter(({ vmServer }) => vmServer.vmName === 'jumphost')
      .map(({ vmServer }) => vmServer.vmPath);
    expect(twice).toHaveLength(3);
  });

  it('S11.8 an export may set ids of the service', async () => {
    const test = await begin();
    const header = [...HEADER, 'SMS Server ID', 'SMS Connector ID'];
    const rows = [
      ['a', 'no', '', '', 'vm-1', '', 'AAAA', '', ''],
      ['b', 'no', '', '', 'vm-2', '', 'AAAA', 's-0123abcd', 'c-00000000000000001'],
      ['c', 'no', '', '', 'vm-3', '', 'AAAA', '', ''],
    ];
    await test.endpoint.load(csv([header, ...rows]));
    expect((await servers(test)).map(({ serverId }) => serverId)).toContain('s-0123abcd');
    const { connectorList } = await test.ok('GetConnectors');
    expect(connectorList?.map(({ connectorId }) => connectorId)).toEqual(['c-00000000000000001']);
  });
});
