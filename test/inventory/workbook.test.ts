import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { LandfallError } from '../../src/core/error.ts';
import { openWorkbook } from '../../src/inventory/workbook.ts';
import { type SheetCell, workbookOf } from './workbooks.ts';

const rowsOf = (bytes: Uint8Array, sheet = 'vInfo') => openWorkbook(bytes, 'export.xlsx').read(sheet);
const cellsOf = (cells: readonly SheetCell[], parts: Readonly<Record<string, string>> = {}) =>
  rowsOf(workbookOf({ vInfo: [cells] }, parts))[0]?.cells;

/** A cell with a style and a type. */
const cell = (attributes: string, content: string): SheetCell => ({
  xml: `<c r="AT" ${attributes}>${content}</c>`,
});

describe('a cell of a workbook', () => {
  it('is a number as it is shown, TRUE or FALSE, or the stored result of a formula', () => {
    expect(
      cellsOf([
        16384,
        cell('', '<v>0.30000000000000004</v>'),
        cell('', '<v>1.2E+3</v>'),
        ...[true, false],
        cell('', '<f>A1*2</f><v>32768</v>'),
        cell('t="str"', '<f>"a"&amp;"b"</f><v>ab</v>'),
        cell('', '<f>A1</f>'),
        cell('t="e"', '<v>#N/A</v>'),
        'end',
      ]),
    ).toEqual(['16384', '0.3', '1200', 'TRUE', 'FALSE', '32768', 'ab', '', '#N/A', 'end']);
  });

  it('is shared or rich text, without its pronunciation, and with characters that XML does not allow', () => {
    const strings = [
      '<si><t>web01</t></si>',
      '<si><r><rPr><b/></rPr><t xml:space="preserve">web </t></r><r><t>02</t></r></si>',
      '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>',
      '<si><t>a_x000D_b &amp; c</t></si>',
    ];
    const parts = {
      'xl/sharedStrings.xml': `<x:sst xmlns:x="s">${strings.join('')}</x:sst>`.replace(
        /<(\/?)(si|r|t|rPh|rPr|b)\b/g,
        '<$1x:$2',
      ),
    };
    const shared = strings.map((_, index) => cell('t="s"', `<v>${index}</v>`));
    expect(cellsOf(shared, parts)).toEqual(['web01', 'web 02', '東京', 'a\rb & c']);
  });

  it('is a date where its format says so, in both calendars', () => {
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[Red]&quot;day&quot;0.00"/><numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>';
    const values = [0, 1, 2, 3].map((style) => cell(`s="${style}"`, '<v>46355.5</v>'));
    const expected = ['46355.5', '2026-11-29T12:00:00', '46355.5', '2026-11-29T12:00:00'];
    expect(cellsOf(values, { 'xl/styles.xml': styles })).toEqual(expected);
    expect(cellsOf([cell('s="1"', '<v>46355</v>')], { 'xl/styles.xml': styles })).toEqual(['2026-11-29']);
  });

  it('comes back as it was, empty ones too, in rows of one width with the numbers of Excel', () => {
    const text = fc
      .oneof(
        fc.constantFrom('', ' a ', '00123', '1e5', 'x_y', '=1+1', '<&">', 'a\nb'),
        fc.string({ unit: 'grapheme', maxLength: 5 }),
      )
      .filter((each) => !/(?![\t\n])\p{Cc}|[\ufffe\uffff]|_x[0-9a-f]{4}_|\p{Cs}/iu.test(each));
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 30 }), { maxLength: 8 }), (rows) => {
        const found = rowsOf(workbookOf({ vInfo: rows }));
        const filled = rows.flatMap((cells, index) =>
          cells.some((each) => each.trim() !== '') ? [{ cells, line: index + 1 }] : [],
        );
        const width = Math.max(
          0,
          ...filled.map(({ cells }) => cells.findLastIndex((each) => each !== '') + 1),
        );
        expect(found).toEqual(
          filled.map(({ cells, line }) => ({
            line,
            cells: Array.from({ length: width }, (_, at) => cells[at] ?? ''),
          })),
        );
      }),
    );
  });
});

describe('a workbook that cannot be read', () => {
  const refusal = (bytes: Uint8Array): LandfallError => {
    try {
      const workbook = openWorkbook(bytes, 'export.xlsx');
      for (const sheet of workbook.sheets) workbook.read(sheet);
    } catch (error) {
      if (error instanceof LandfallError) return error;
      throw error;
    }
    throw new Error('it was read');
  };
  const big = '<row r="1"><c r="A1"><v>1</v></c></row>';

  it.each([
    [
      'another archive',
      zipSync({ 'RVTools_tabvInfo.csv': new Uint8Array(3) }),
      'an archive without a workbook: it has RVTools_tabvInfo.csv',
    ],
    [
      'an OpenDocument spreadsheet',
      zipSync({ 'content.xml': new Uint8Array(3) }),
      'an OpenDocument spreadsheet (.ods)',
    ],
    ['a binary workbook', zipSync({ 'xl/workbook.bin': new Uint8Array(3) }), 'a binary workbook (.xlsb)'],
    [
      'one that is cut off',
      workbookOf({ vInfo: [['VM']] }).subarray(0, 300),
      'the archive cannot be unpacked',
    ],
    [
      'broken XML',
      workbookOf({ vInfo: [] }, { 'xl/worksheets/sheet1.xml': '<worksheet><row>' }),
      'sheet1.xml is not XML',
    ],
    [
      'entities',
      workbookOf(
        { vInfo: [] },
        { 'xl/worksheets/sheet1.xml': '<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>' },
      ),
      'sheet1.xml is not XML',
    ],
    [
      'a far column',
      workbookOf(
        { vInfo: [] },
        { 'xl/worksheets/sheet1.xml': `<worksheet>${big.replace('A1', 'XFD1')}</worksheet>` },
      ),
      'a cell in column 16384; the limit is 2000',
    ],
    [
      'a far row',
      workbookOf(
        { vInfo: [] },
        { 'xl/worksheets/sheet1.xml': `<worksheet>${big.replace('"1"', '"1e9"')}</worksheet>` },
      ),
      'the limit is 1048576',
    ],
  ])('%s is refused with what it is', (_, bytes, message) => {
    const { code, message: found, remedy } = refusal(bytes);
    expect({ code, found }).toEqual({
      code: 'INVENTORY_INVALID',
      found: expect.stringContaining(message) as unknown,
    });
    expect(remedy).not.toBe('');
  });

  it('is not unpacked beyond its limit, whatever size its archive states', () => {
    const bomb = workbookOf({ vInfo: [] }, { 'xl/sharedStrings.xml': `<sst>${' '.repeat(5_000_000)}</sst>` });
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    const state = (from: number, to: number): void => {
      for (let at = 0; at + 30 < bomb.length; at++) {
        const offset = { 0x02014b50: 24, 0x04034b50: 22 }[view.getUint32(at, true)];
        if (offset !== undefined && view.getUint32(at + offset, true) === from)
          view.setUint32(at + offset, to, true);
      }
    };
    state(5_000_011, 900_000_000);
    expect(refusal(bomb).message).toBe('the workbook unpacks to 900 MB or more; the limit is 400 MB');
    state(900_000_000, 10);
    expect(refusal(bomb).message).toContain('sharedStrings.xml is not XML');
  });

  it('is an error that says what is wrong, whatever its bytes', () => {
    const whole = workbookOf({
      vInfo: [
        ['VM', 'Folder'],
        ['web', 'Prod'],
      ],
    });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        try {
          const workbook = openWorkbook(bytes, 'export.xlsx');
          for (const sheet of workbook.sheets) workbook.read(sheet);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVENTORY_INVALID' });
        }
      }),
    );
  });
});
