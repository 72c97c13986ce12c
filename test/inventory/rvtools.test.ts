import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { LandfallError } from '../../src/core/error.ts';
import { readRvtools } from '../../src/inventory/rvtools.ts';
import { anyText } from '../setup/any-text.ts';
import { type Cells, csvOf, importBytes, importRows, OPTIONS, TITLES, validate } from './support.ts';

const RHEL = 'Red Hat Enterprise Linux 7 (64-bit)';
const OS = 'OS according to the configuration file';

/** Text as it turns up in exports, and as it should not. */
const nasty = fc.oneof(
  fc.constantFrom(
    'web01',
    'db01',
    'Web01',
    'null',
    'yes',
    '~',
    '0x1F',
    '1e3',
    '2026-12-01',
    '12:30',
    '- a',
    'a: b',
  ),
  fc.constantFrom(
    '../../etc/passwd',
    '/absolute',
    'con',
    'NUL',
    '__proto__',
    'constructor',
    '..',
    'C:\\x',
    '#',
    '%2f',
  ),
  fc.constantFrom(
    '=1+1',
    '@x',
    '"q"',
    "it's",
    'a\nb',
    'a\r\n- name: b',
    '\u202eevil',
    '\u2028',
    'ü ß 日本',
    '\u0000',
    '\u001b[31m',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  anyText({ maxLength: 12 }),
  fc.integer({ min: 200, max: 1200 }).map((length) => 'n'.repeat(length)),
);
const system = fc.oneof(
  fc.constantFrom(
    RHEL,
    'Microsoft Windows Server 2016 (64-bit)',
    'Microsoft Windows 10 (64-bit)',
    'Other 3.x or later Linux (64-bit)',
    'Oracle Solaris 11 (64-bit)',
    'TempleOS',
    '',
  ),
  nasty,
);
const row: fc.Arbitrary<Cells> = fc.record(
  {
    VM: nasty,
    Powerstate: fc.constantFrom('poweredOn', 'poweredOn', 'poweredOff', 'Suspended', ''),
    Template: fc.constantFrom('False', 'TRUE', ''),
    Folder: fc.oneof(
      nasty,
      fc.array(nasty, { maxLength: 3 }).map((parts) => parts.join('/')),
    ),
    Datacenter: fc.oneof(fc.constantFrom('SDSC', 'OPDC'), nasty),
    Cluster: nasty,
    Application: nasty,
    [OS]: system,
    'OS according to the VMware Tools': system,
    'VM ID': fc.constantFrom('', 'vm-1', 'vm-2', 'vm-3'),
    'VI SDK UUID': fc.constantFrom('', 'A', 'a', 'b'),
  },
  { requiredKeys: ['VM'] },
);
const choices = fc.record({
  by: fc.constantFrom('folder', 'cluster', 'datacenter', 'application'),
  includePoweredOff: fc.boolean(),
});

describe('any export', () => {
  it('makes waves that validate, and loses no VM without a word', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 12 }).map((rows) => [{ VM: 'web01' }, ...rows]),
        choices,
        fc.constantFrom('Auto', 'AWS', 'BYOL'),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(',', ';', '\t'),
        (rows, how, licenseType, maxSize, delimiter) => {
          const options = { maxSize, defaults: { frequency: 24, licenseType } };
          const { files, leftOut } = importBytes(csvOf(rows, delimiter), how, options);
          const { desired, wrong } = validate(files);
          expect(wrong).toEqual([]);
          const written = files.reduce((sum, file) => sum + file.vms + file.commentedOut, 0);
          // Rows of nothing but spaces are no rows.
          const real = rows.filter((cells) => TITLES.some((title) => (cells[title] ?? '').trim() !== ''));
          expect(written + leftOut.length).toBe(real.length);
          expect(desired?.vms.length).toBe(files.reduce((sum, { vms }) => sum + vms, 0));
          for (const { wave, vms, commentedOut } of files) {
            expect(wave).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
            expect(wave).not.toMatch(/^(con|nul)$/);
            expect(vms + commentedOut).toBeLessThanOrEqual(maxSize);
          }
          const names = new Set(rows.map(({ VM = '' }) => VM.trim().replace(/^\ufeff/, '')));
          // A name that no manifest can hold is left to the ids.
          for (const { reference } of desired?.vms ?? []) {
            if (reference.vmId === undefined) expect(names).toContain(reference.name);
          }
        },
      ),
    );
  });

  it('makes the same waves, whatever the order of its rows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { minLength: 1, maxLength: 8, selector: ({ VM }) => VM?.trim() }),
        (rows) => {
          // Of rows with one id the first counts: such an export contradicts itself.
          const sound = rows.map((cells, index) => ({ ...cells, 'VM ID': `vm-${cells.VM ?? index}` }));
          const texts = (list: readonly Cells[]) => importRows(list).files.map(({ text }) => text);
          expect(texts(sound.toReversed())).toEqual(texts(sound));
        },
      ),
    );
  });

  it('is an export, or an error that says what is wrong', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            importBytes(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(LandfallError);
            expect((error as LandfallError).code).toBe('INVENTORY_INVALID');
          }
        },
      ),
    );
  });
});

describe('the file', () => {
  const text = `"Folder";VM;"OS according to\n the configuration file";Datacenter\r\nProd;web01;"${RHEL}";SDSC\r\n`;
  const wide = (mark: boolean) => Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16LE', wide(true)],
    ['UTF-16LE without a mark', wide(false)],
    ['UTF-16BE', wide(true).swap16()],
    ['a sep= line', Buffer.from(`sep=;\r\n${text}`)],
    ['tabs', Buffer.from(text.replaceAll(';', '\t'))],
    ['commas', Buffer.from(text.replaceAll(';', ','))],
  ])('may be %s', (_, bytes) => {
    const { files } = importBytes(bytes);
    expect(files.map(({ wave, vms }) => [wave, vms])).toEqual([['sdsc-prod', 1]]);
  });

  it('has its lines counted with those inside quotes', () => {
    const bytes = Buffer.from('VM,Folder,Template\n"a","x\ny",False\nb,x,True\n');
    expect(importBytes(bytes).leftOut).toEqual([{ name: 'b', origin: 'line 4', reason: 'is a template' }]);
  });

  it('has its lines counted as an editor does, whatever ends them', () => {
    const bytes = Buffer.from('VM,Folder,Template\r\n\r\n"a","x\r\ny\rz",False\rb,x,True\nc,x,True\r\n');
    expect(importBytes(bytes).leftOut.map(({ origin }) => origin)).toEqual(['line 6', 'line 7']);
  });

  it('has rows with other cells than its header left out, with both counts', () => {
    const lines = [
      'VM,Template,Annotation,Folder,Owner',
      'sound,False,"a, b",Prod,me',
      // A comma without quotes: the annotation would be the folder.
      'moved,False,a, b,Prod,me',
      'web01',
      // Excel leaves out, and adds, empty cells at the end.
      'no owner,False,a,Prod',
      'more,False,a,Prod,me,,',
      'no folder,False,a',
      '"open,False,a,Prod,me',
      'swallowed,False,a,Prod,me"',
    ];
    const { files, leftOut } = importBytes(Buffer.from(`${lines.join('\n')}\n`));
    const names = validate(files).desired?.vms.map(({ reference }) => reference.name);
    expect(names).toEqual(['more', 'no owner', 'sound']);
    expect(leftOut).toEqual([
      { name: '', origin: 'line 3', reason: 'has 6 cells, and the header has 5' },
      { name: '', origin: 'line 4', reason: 'has 1 cell, and the header has 5' },
      { name: '', origin: 'line 7', reason: 'has 3 cells, and the header has 5' },
      {
        name: '',
        origin: 'line 8',
        reason: 'has 1 cell, and the header has 5 (lines 8 to 9: is a quote not closed?)',
      },
    ]);
  });

  it('of a spreadsheet that gave the header the width of a row that is too long', () => {
    const bytes = Buffer.from('VM,Folder,,\na,x,,\nb,x,y,z\n');
    expect(importBytes(bytes).leftOut).toEqual([
      { name: '', origin: 'line 3', reason: 'has 4 cells, and the header has 2' },
    ]);
  });

  it.each([
    ['VM,Folder\na,"b\nc,d\ne,"f"\n', 2],
    ['VM,Folder\r\na,b\r\nc,19" rack\r\n', 3],
    ['sep=,\nVM,Folder\na,b\n"c,d\ne,f\n', 4],
  ])('%j is refused at the line where the row begins', (text, line) => {
    expect(() => importBytes(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'INVENTORY_INVALID', place: { file: 'export.csv', line, column: 1 } }),
    );
  });

  it.each([
    ['Folder,Datacenter\nx,y\n', 'there is no column "VM"'],
    ['VM,Datacenter\nx,y\n', 'there is no column "Folder", which --by folder needs'],
    ['VM,Folder\n', 'export.csv holds no VM: it ends after its header'],
    ['', 'it holds no row'],
    ['VM,Folder\n"a,b\n', 'this is not CSV: the row that begins here has a quote that is not closed'],
  ])('%j is refused with a reason', (bytes, message) => {
    let thrown: unknown;
    try {
      importBytes(Buffer.from(bytes));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'INVENTORY_INVALID' });
    expect((thrown as LandfallError).message).toContain(message);
  });
});

describe('a row', () => {
  const decide = (title: string, value: string) => {
    const { files, leftOut } = importBytes(Buffer.from(`VM,Folder,"${title}"\nweb,Prod,"${value}"\n`));
    return files.length === 1 ? 'written' : leftOut[0]?.reason;
  };

  it.each(['True', 'WAHR', 'VRAI', 'VERDADERO', 'PRAWDA', 'ИСТИНА', 'DOĞRU', '真', 'Ja', '1', 'sí'])(
    'with the Template %s is a template',
    (value) => {
      expect(decide('Template', value)).toBe('is a template');
      expect(decide('SRM Placeholder', value)).toBe('is a placeholder of Site Recovery Manager');
    },
  );

  it.each(['False', 'FALSCH', 'FAUX', 'FALSO', 'FAŁSZ', 'ЛОЖЬ', 'YANLIŞ', '假', 'Nein', '0', 'não'])(
    'with the Template %s is a VM',
    (value) => {
      expect(decide('Template', value)).toBe('written');
      expect(decide('SRM Placeholder', value)).toBe('written');
    },
  );

  it.each([
    ['Template', 'perhaps', 'has the Template "perhaps", which is not known'],
    ['Template', '', 'has an empty Template'],
    ['SRM Placeholder', 'x', 'has the SRM Placeholder "x", which is not known'],
    ['Powerstate', 'poweredOff', 'is powered off (--include-powered-off)'],
    ['Powerstate', 'Powered On', 'written'],
    ['Powerstate', 'unknown', 'has the Powerstate "unknown", which is not known'],
    ['Connection state', 'connected', 'written'],
    ['Connection state', 'orphaned', 'is orphaned: no host of vCenter has it'],
    ['Connection state', 'inaccessible', 'is inaccessible: vCenter cannot read its files'],
    ['Connection state', 'invalid', 'is invalid: vCenter cannot read its configuration'],
    ['Connection state', 'disconnected', 'is disconnected: vCenter cannot reach its host'],
    ['Connection state', 'constructor', 'has the Connection state "constructor", which is not known'],
    ['FT Role', '', 'written'],
    ['FT Role', '1', 'written'],
    ['FT Role', '2', 'is the secondary of a fault-tolerant VM'],
    ['FT Role', 'maybe', 'has the FT Role "maybe", which is not known'],
    ['VM UUID', 'anything', 'written'],
  ])('with %s %j: %s', (title, value, result) => {
    expect(decide(title, value)).toBe(result);
  });

  it('with a value that is not known is left out with --include-powered-off too', () => {
    const { leftOut } = importRows(
      [
        { VM: 'off', Powerstate: 'poweredOff' },
        { VM: 'odd', Powerstate: '4096' },
      ],
      { includePoweredOff: true },
    );
    expect(leftOut).toEqual([
      { name: 'odd', origin: 'line 3', reason: 'has the Powerstate "4096", which is not known' },
    ]);
  });

  it('of an export without columns that decide is written, and one note says what is not left out', () => {
    const found = readRvtools(Buffer.from('VM,Folder,Template\nweb,Prod,False\n'), {
      ...{ file: 'x.csv', by: 'folder', includePoweredOff: false },
    });
    expect(found.vms).toHaveLength(1);
    expect(found.notes.filter((note) => note.includes('not left out'))).toEqual([
      'there is no column "SRM Placeholder", "Connection state", "FT Role", "Powerstate", so these are not left out: placeholders of Site Recovery Manager, VMs that no host has, secondaries of fault-tolerant VMs, VMs that are off',
    ]);
  });
});

describe('a VM', () => {
  const vm = (name: string, more: Cells = {}): Cells => ({
    VM: name,
    Datacenter: 'SDSC',
    Folder: 'Prod',
    ...more,
  });

  it('is told by its path from others of its name, also from those that are left out', () => {
    const { files } = importRows([
      vm('jenkins'),
      vm('jenkins', { Folder: 'QA/Tools', Template: 'True' }),
      vm('web'),
    ]);
    const { desired } = validate(files);
    expect(desired?.vms.map(({ reference }) => reference)).toEqual([
      { name: 'jenkins', path: '/Datacenters/SDSC/vm/Prod/jenkins' },
      { name: 'web' },
    ]);
  });

  it('is told by its ids where vCenters have the same folders', () => {
    const ids = (uuid: string): Cells => ({ 'VM ID': 'vm-1', 'VI SDK UUID': uuid });
    const { files, leftOut } = importRows([vm('web', ids('A')), vm('web', ids('B')), vm('web', ids('a'))]);
    expect(validate(files).desired?.vms.map(({ wave, reference }) => [wave, reference])).toEqual([
      ['sdsc-prod-2', { name: 'web', vmManagerId: 'B', vmId: 'vm-1' }],
      ['sdsc-prod', { name: 'web', vmManagerId: 'A', vmId: 'vm-1' }],
    ]);
    expect(leftOut).toEqual([{ name: 'web', origin: 'line 4', reason: 'is the same VM as line 2' }]);
  });

  it('has the system that the tools report, where landfall understands it', () => {
    const os = (tools: string, configured: string) =>
      validate(importRows([vm('a', { 'OS according to the VMware Tools': tools, [OS]: configured })]).files)
        .desired?.vms[0]?.os;
    expect(os(RHEL, 'CentOS 7 (64-bit)')).toBe(RHEL);
    expect(os('Linux 3.10.0-862', RHEL)).toBe(RHEL);
    expect(os('', RHEL)).toBe(RHEL);
    expect(os('something', 'else')).toBe('something');
  });

  it('has the size that is used, else the one that is provisioned, in whole GiB', () => {
    const sizes = (inUse: string, provisioned: string) => {
      const bytes = Buffer.from(
        `VM;Folder;In Use MiB;Provisioned MiB\nweb;/DC/vm/a;${inUse};${provisioned}\n`,
      );
      return validate(importBytes(bytes).files).desired?.vms[0]?.sizeGiB;
    };
    expect(sizes('28030', '40960')).toBe(28);
    expect(sizes('28,030', '')).toBe(28);
    expect(sizes('1.048.576', '')).toBe(1024);
    expect(sizes('2048,5', '')).toBe(3);
    expect(sizes('', '40960')).toBe(40);
    expect(sizes('0', 'none')).toBeUndefined();
  });

  it('stands as a comment where the service cannot migrate it', () => {
    const { files, concerns } = importRows([vm('old', { [OS]: 'Oracle Solaris 11 (64-bit)' }), vm('web')]);
    expect(files[0]).toMatchObject({ vms: 1, commentedOut: 1 });
    expect(files[0]?.text).toContain(
      '    # guest.unsupported: SMS cannot migrate "Oracle Solaris 11 (64-bit)"',
    );
    expect(files[0]?.text).toContain('    # - name: old\n    #   os: Oracle Solaris 11 (64-bit)\n');
    expect(concerns).toMatchObject([{ id: 'guest.unsupported', vm: 'old' }]);
  });

  it('that a wave has already is left out', () => {
    const first = validate(importRows([vm('web'), vm('db')]).files).desired;
    const known = { vms: first?.vms ?? [], taken: ['sdsc-prod'] };
    const { files, leftOut } = importRows([vm('web'), vm('db'), vm('new')], {}, known);
    expect(leftOut.map(({ reason }) => reason)).toEqual(Array(2).fill('is in wave sdsc-prod already'));
    expect(files.map(({ wave }) => wave)).toEqual(['sdsc-prod-2']);
  });
});

describe('VMs of two vCenters with the same folders', () => {
  const web = (vCenter: string, vmId: string, more: Cells = {}): Cells => ({
    ...{ VM: 'web', Datacenter: 'DC', Folder: 'Prod' },
    ...{ 'VM ID': vmId, 'VI SDK UUID': vCenter, ...more },
  });
  const MGN = { provider: 'mgn', defaults: {} } as const;

  it('are two VMs on MGN too: what it cannot tell apart is left out with both lines', () => {
    const { files, leftOut } = importRows([web('A', 'vm-1'), web('B', 'vm-1')], MGN, MGN);
    expect(files).toEqual([]);
    expect(leftOut).toEqual(
      [
        ['line 2', 'line 3'],
        ['line 3', 'line 2'],
      ].map(([origin, other]) => ({
        ...{ name: 'web', origin },
        reason: `cannot be told apart from ${other}: the same name, and no path or id of its own that MGN supports`,
      })),
    );
  });

  it('are two VMs by the name of the server alone, and one VM where nothing differs', () => {
    const csv = (rows: readonly string[]) =>
      Buffer.from(['VM,Datacenter,Folder,VI SDK Server', ...rows].join('\n'));
    const { leftOut } = importBytes(csv(['web,DC,Prod,vc1', 'web,DC,Prod,vc2']), MGN, MGN);
    expect(leftOut.map(({ origin, reason }) => [origin, reason.slice(0, 34)])).toEqual([
      ['line 2', 'cannot be told apart from line 3: '],
      ['line 3', 'cannot be told apart from line 2: '],
    ]);
    const once = importBytes(csv(['web,DC,Prod,vc1', 'web,DC,Prod,VC1']));
    expect(once.leftOut).toEqual([{ name: 'web', origin: 'line 3', reason: 'is the same VM as line 2' }]);
    expect(once.files).toMatchObject([{ vms: 1 }]);
  });

  it('are in two waves', () => {
    for (const by of ['folder', 'cluster', 'datacenter'] as const) {
      const rows = [web('A', 'vm-1', { VM: 'a', Cluster: 'C' }), web('B', 'vm-1', { VM: 'b', Cluster: 'C' })];
      const { files } = importRows(rows, { by });
      expect(files.map(({ vms }) => vms)).toEqual([1, 1]);
      expect(files.map(({ text }) => /# (vCenter: .)/.exec(text)?.[1])).toEqual(['vCenter: A', 'vCenter: B']);
    }
    expect(importRows([web('A', 'vm-1'), web('', 'vm-2', { VM: 'b' })]).files).toHaveLength(1);
  });

  it('are told from those in waves by their ids, and those without an id may be in a wave', () => {
    const first = validate(importRows([web('A', 'vm-1'), web('A', 'vm-2', { Folder: 'QA' })]).files).desired;
    const known = { vms: first?.vms ?? [], taken: ['dc-prod', 'dc-qa'] };
    expect(
      importRows([web('A', 'vm-1'), web('B', 'vm-1')], {}, known).leftOut.map(({ reason }) => reason),
    ).toEqual(
      Array(2).fill(
        'is in wave dc-prod already, or another VM of the same path is: the wave has only the path',
      ),
    );
    const exact = known.vms.map((vm) => ({
      ...vm,
      reference: { ...vm.reference, vmManagerId: 'a', vmId: vm.wave === 'dc-qa' ? 'vm-2' : 'vm-1' },
    }));
    const { leftOut, files } = importRows([web('A', 'vm-1'), web('B', 'vm-1')], {}, { ...known, vms: exact });
    expect(leftOut).toEqual([{ name: 'web', origin: 'line 2', reason: 'is in wave dc-prod already' }]);
    expect(validate(files).desired?.vms.map(({ reference }) => reference)).toEqual([
      { name: 'web', vmManagerId: 'B', vmId: 'vm-1' },
    ]);
  });

  it('without any column that tells vCenters apart, are one only where every cell is the same', () => {
    const csv = (rows: readonly string[]) => Buffer.from(['VM,Datacenter,Folder,Host', ...rows].join('\n'));
    const same = importBytes(csv(['web,DC,Prod,h1', 'web,DC,Prod,h1 ']));
    expect(same.leftOut).toEqual([{ name: 'web', origin: 'line 3', reason: 'repeats line 2 in every cell' }]);
    expect(same.files).toMatchObject([{ vms: 1 }]);
    const other = importBytes(csv(['web,DC,Prod,h1', 'web,DC,Prod,h2']));
    expect(other.files).toEqual([]);
    expect(other.leftOut).toHaveLength(2);
  });
});

describe('waves', () => {
  const of = (folder: string, index: number): Cells => ({
    VM: `vm${index}`,
    Folder: folder,
    Datacenter: 'SDSC',
  });

  it('never share a name, and are split by size', () => {
    const folders = ['Prod', 'prod', 'PROD!', 'Prod-01', 'Prod'];
    const { files } = importRows(folders.map(of), {}, { maxSize: 1 });
    expect(files.map(({ wave }) => wave)).toEqual([
      'sdsc-prod',
      'sdsc-prod-01',
      'sdsc-prod-2-01',
      'sdsc-prod-2-02',
      'sdsc-prod-3',
    ]);
  });

  it('of thousands of folders that are called alike have names of their own', () => {
    const lines = ['VM,Folder'];
    for (let index = 0; index < 3000; index++)
      lines.push(`vm${index},@${'日'.repeat(index % 100)}${'!'.repeat(index / 100)}`);
    const { files } = importBytes(Buffer.from(lines.join('\n')));
    expect(new Set(files.map(({ wave }) => wave)).size).toBe(files.length);
  });

  it('hold what was shared as defaults, and say where they come from', () => {
    expect(importRows([of('Prod', 1)]).files[0]?.text)
      .toBe(`# yaml-language-server: $schema=../schemas/wave.schema.json
# ${OPTIONS.origin}: SDSC / Prod
apiVersion: landfall/v1
kind: Wave
metadata:
  name: sdsc-prod
spec:
  defaults:
    frequency: 24
    licenseType: Auto
  vms:
    - name: vm1
`);
  });
});

describe('applications of MGN that are larger than their quota', () => {
  const rows = (count: number, application: string) =>
    Array.from({ length: count }, (_, index) => ({
      VM: `vm-${application}-${String(index).padStart(4, '0')}`,
      Application: application,
      Datacenter: 'DC',
      'VM ID': `vm-${application}-${index}`,
      'VI SDK UUID': 'M-1',
    }));
  const sizes = (files: ReturnType<typeof importRows>['files']): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const { wave, text } of files) {
      const spec = (parse(text) as { spec: { defaults?: { app?: string }; vms: { app?: string }[] } }).spec;
      for (const { app = spec.defaults?.app ?? wave } of spec.vms) counts[app] = (counts[app] ?? 0) + 1;
    }
    return counts;
  };

  it('are split, by the order of names, whatever the order of the rows', () => {
    const all = [...rows(450, 'crm'), ...rows(200, 'erp')];
    const by = { by: 'application', applicationColumn: 'Application', provider: 'mgn' } as const;
    const { files, notes } = importRows(all, by, { provider: 'mgn', defaults: { licenseType: 'Auto' } });
    expect(sizes(files)).toEqual({ crm: 200, 'crm-2': 200, 'crm-3': 50, erp: 200 });
    expect(notes).toEqual([
      'MGN takes 200 servers into an application: the VMs of "crm" are in crm, crm-2, crm-3',
    ]);
    const turned = importRows(all.toReversed(), by, { provider: 'mgn', defaults: { licenseType: 'Auto' } });
    expect(turned.files).toEqual(files);
  });

  it('are not split on SMS, which has none', () => {
    const by = { by: 'application', applicationColumn: 'Application' } as const;
    const { files, notes } = importRows(rows(450, 'crm'), by);
    expect([sizes(files), notes]).toEqual([{ crm: 450 }, []]);
  });
});
