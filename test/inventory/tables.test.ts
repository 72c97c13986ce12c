import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMgnCsv } from '../../src/inventory/mgn/read.ts';
import { readRvtools } from '../../src/inventory/rvtools.ts';
import { readExportTable } from '../../src/inventory/tables.ts';
import { type SheetCell, workbookOf } from './workbooks.ts';

const lines = (...all: readonly string[]): Uint8Array => Buffer.from(all.join('\n'));
const tableOf = (bytes: Uint8Array, kind: 'vms' | 'servers' = 'vms') =>
  readExportTable(bytes, { file: 'export', kind });
const rvtools = async (bytes: Uint8Array) =>
  readRvtools(await tableOf(bytes), { file: 'export', by: 'folder', includePoweredOff: false });
const refusal = (bytes: Uint8Array, kind?: 'vms' | 'servers') =>
  tableOf(bytes, kind).then(
    () => ({ message: 'it was read', remedy: '' }),
    (error: unknown) => error as { message: string; remedy: string },
  );

const RHEL = 'Red Hat Enterprise Linux 7 (64-bit)';
/** One VM and one template, by the usual titles of RVTools. */
const TITLES = ['VM', 'Powerstate', 'Template', 'Folder', 'Datacenter', 'VM ID', 'VI SDK Server'] as const;
const WEB = ['web', 'poweredOn', 'False', 'Prod', 'DC', 'vm-1', 'vc1'] as const;
const TEMPLATE = ['tmpl', 'poweredOff', 'True', 'Prod', 'DC', 'vm-2', 'vc1'] as const;
const WEB_PATH = '/Datacenters/DC/vm/Prod/web';

describe('an export of RVTools', () => {
  it.each([
    [
      'titles above its header',
      lines(
        'RVTools 4.1, vCenter "vc1"'.replaceAll('"', ''),
        '',
        ...[TITLES, WEB, TEMPLATE].map((row) => row.join(';')),
      ),
      'line 5',
    ],
    [
      'a line of PowerShell',
      lines(
        '#TYPE System.Management.Automation.PSCustomObject',
        ...[TITLES, WEB, TEMPLATE].map((row) => `"${row.join('";"')}"`),
      ),
      'line 4',
    ],
    [
      'the columns of its database',
      lines(
        'vInfoVMName,vInfoPowerstate,vInfoTemplate,vInfoFolder,vInfoDataCenter,vInfoVMID,vInfoVISDKServer',
        WEB.join(','),
        TEMPLATE.join(','),
      ),
      'line 3',
    ],
    ['a workbook', workbookOf({ Summary: [['a', 'b']], vInfo: [TITLES, WEB, TEMPLATE] }), 'row 3'],
    [
      'a workbook with the name of the CSV and a title',
      workbookOf({
        tabvInfo: [
          ['Our data centre'],
          [],
          TITLES,
          WEB,
          ['tmpl', 'poweredOff', true, 'Prod', 'DC', 'vm-2', 'vc1'],
        ],
      }),
      'row 5',
    ],
    [
      'a workbook with a tab of another name',
      workbookOf({ vHost: [['Host', 'Cluster']], Sheet1: [TITLES, WEB, TEMPLATE] }),
      'row 3',
    ],
  ])('may have or be %s', async (_, bytes, origin) => {
    const { vms, leftOut } = await rvtools(bytes);
    expect(vms).toMatchObject([{ reference: { name: 'web', path: WEB_PATH } }]);
    expect(leftOut).toEqual([{ name: 'tmpl', origin, reason: 'is a template' }]);
  });

  it('has the sizes of the vDisk tab, else those of its own columns', async () => {
    const sizes = async (titles: readonly string[], disks: readonly (readonly SheetCell[])[]) => {
      const info = [
        [...TITLES, 'In Use MiB'],
        [...WEB, 10_240],
        ['db', 'poweredOn', 'False', 'Prod', 'DC', 'vm-3', 'vc1', 20_480],
      ];
      const { vms } = await rvtools(workbookOf({ vInfo: info, vDisk: [titles, ...disks] }));
      return vms.map(({ sizeGiB }) => sizeGiB);
    };
    const byId = ['VM', 'Disk', 'Capacity MiB', 'VM ID', 'VI SDK Server'];
    const disk = (id: string, size: SheetCell, name = 'web') => [name, 'Hard disk', size, id, 'vc1'];
    expect(await sizes(byId, [disk('vm-1', 40_960), disk('vm-1', 1_025), disk('vm-9', 99_999)])).toEqual([
      42, 20,
    ]);
    // Of one disk the size is not known, so the sum is not either.
    expect(await sizes(byId, [disk('vm-1', 40_960), disk('vm-1', '')])).toEqual([10, 20]);
    const byPlace = ['VM', 'Capacity MB', 'Folder', 'Datacenter', 'VI SDK Server'];
    const rows = [
      ['db', 2_048, 'Prod', 'DC', 'VC1'],
      ['db', 99_999, 'Test', 'DC', 'vc1'],
    ];
    expect(await sizes(byPlace, rows)).toEqual([10, 2]);
    expect(await sizes(['VM', 'Disk'], [['web', 'Hard disk']])).toEqual([10, 20]);
  });

  it('gives the same VMs as a workbook and as CSV', async () => {
    const cell = fc.constantFrom('web', 'db 1', '00123', 'a,b', 'ü', 'True', 'poweredOff', '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(...TITLES.map(() => cell)), { minLength: 1, maxLength: 6 }),
        async (rows) => {
          const filled = rows.map(([, ...rest], index) => [`vm${index}`, ...rest]);
          const csv = lines(...[TITLES, ...filled].map((row) => row.map((text) => `"${text}"`).join(',')));
          const sheet: readonly (readonly SheetCell[])[] = [TITLES, ...filled];
          const [fromCsv, fromSheet] = [await rvtools(csv), await rvtools(workbookOf({ vInfo: sheet }))];
          expect(fromSheet.vms.map(({ reference, group }) => ({ reference, group }))).toEqual(
            fromCsv.vms.map(({ reference, group }) => ({ reference, group })),
          );
          expect(fromSheet.leftOut.map(({ reason }) => reason)).toEqual(
            fromCsv.leftOut.map(({ reason }) => reason),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a list of another tool', () => {
  it('is read from PowerCLI, with the ids and the system that it has', async () => {
    const { vms, notes } = await rvtools(
      lines(
        '#TYPE VMware.VimAutomation.ViCore.Impl.V1.VM.UniversalVirtualMachineImpl',
        '"Name","PowerState","Guest","Folder","Id","Uid","PersistentId"',
        `"web","PoweredOn","web:${RHEL}","Prod","VirtualMachine-vm-11","/VIServer=x\\adm@vc1.example.org:443/VirtualMachine=VirtualMachine-vm-11/","500A"`,
      ),
    );
    expect(vms).toMatchObject([
      { reference: { name: 'web' }, os: RHEL, identity: { key: '["vc1.example.org","vm-11"]' } },
    ]);
    expect(notes).toEqual([
      'read as a list of VMs by PowerCLI (Get-VM)',
      'PowerCLI gives the last folder of a VM only',
      'there is no column "SRM Placeholder", "Connection state", "FT Role", so these are not left out: placeholders of Site Recovery Manager, VMs that no host has, secondaries of fault-tolerant VMs',
    ]);
  });

  it('is read from govc vm.info, in the letter case of each version', async () => {
    const vm = (name: string, template: boolean) => ({
      self: { type: 'VirtualMachine', value: `vm-${name}` },
      name,
      config: { template, guestFullName: RHEL },
      runtime: { powerState: 'poweredOn' },
    });
    const capital = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(capital)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value).map(([key, each]) => [
                key.charAt(0).toUpperCase() + key.slice(1),
                capital(each),
              ]),
            )
          : value;
    const info = { virtualMachines: [vm('web', false), vm('tmpl', true)] };
    for (const value of [info, capital(info)]) {
      const { vms, leftOut } = await rvtools(lines(JSON.stringify(value)));
      expect(vms).toMatchObject([{ reference: { name: 'web' }, os: RHEL, group: { title: 'no folder' } }]);
      expect(leftOut).toEqual([{ name: 'tmpl', origin: 'VM 2', reason: 'is a template' }]);
    }
  });

  it.each([
    ['lines', lines('/DC/vm/Prod/web', '/DC/vm/a%2fb')],
    ['lines with types', lines('VirtualMachine  /DC/vm/Prod/web', 'VirtualMachine  /DC/vm/a%2fb')],
    ['JSON', lines('["/DC/vm/Prod/web","/DC/vm/a%2fb"]')],
  ])('is read from govc find, as %s', async (_, bytes) => {
    const { vms } = await rvtools(bytes);
    expect(vms).toMatchObject([
      { reference: { name: 'web', path: WEB_PATH } },
      { reference: { name: 'a/b' } },
    ]);
  });

  it('is an intake form of Cloud Migration Factory, of which Rehost is imported', async () => {
    const form = lines(
      'wave_name,app_name,server_name,server_os_family,server_os_version,r_type,server_tier',
      'Wave 1,Ledger,led1,linux,rhel-7.3,Rehost,db',
      'Wave 1,Ledger,led2,linux,rhel-7.3,Retire,db',
    );
    const { vms, leftOut } = readMgnCsv(await tableOf(form, 'servers'), { file: 'cmf.csv' }, 'mgn');
    expect(vms).toMatchObject([
      {
        reference: { name: 'led1' },
        os: 'rhel-7.3',
        settings: { app: 'Ledger' },
        group: { title: 'Wave 1' },
      },
    ]);
    expect(leftOut).toEqual([
      { name: 'led2', origin: 'line 3', reason: 'has r_type Retire, and only Rehost replicates servers' },
    ]);
  });
});

describe('a file of another command', () => {
  const MGN = lines('mgn:wave:name,mgn:server:user-provided-id', 'a,web');
  it.each([
    [MGN, 'vms', 'this is an inventory CSV of MGN', 'landfall import mgn-csv'],
    [lines('server_name,wave_name', 'a,b'), 'vms', 'this is an intake form', 'landfall import mgn-csv'],
    [
      workbookOf({
        Intake: [
          ['server_name', 'wave_name'],
          ['a', 'b'],
        ],
      }),
      'vms',
      'this is an intake form',
      'landfall import mgn-csv',
    ],
    [
      lines(TITLES.join(','), WEB.join(',')),
      'servers',
      'this is the vInfo tab of RVTools',
      'landfall import rvtools',
    ],
    [lines('/DC/vm/web'), 'servers', 'this is a list of paths by govc find', 'landfall import rvtools'],
  ] as const)('is named, with the command for it', async (bytes, kind, message, command) => {
    const error = await refusal(bytes, kind);
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(command);
  });

  it.each([
    [lines('/DC/vm', '/DC/vm/web'), '"/DC/vm" is not the path of a VM'],
    [lines('/DC/vm/Prod', '/DC/vm/Prod/web'), '"/DC/vm/Prod" is not the path of a VM'],
    [lines('{"hosts":[]}'), 'this is JSON, and has no "virtualMachines"'],
    [lines('{"virtualMachines":['), 'this begins as JSON, but is not well-formed'],
    [
      workbookOf({ vHost: [['Host', 'Cluster']] }),
      'no tab of the workbook has a header that is known: it has "vHost"',
    ],
    [
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
      'this is a workbook of Excel before 2007 (.xls), or has a password',
    ],
  ])('or of none is refused with what it is', async (bytes, message) => {
    expect((await refusal(bytes)).message).toBe(message);
  });
});
