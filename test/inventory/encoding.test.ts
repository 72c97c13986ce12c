import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { LandfallError } from '../../src/core/error.ts';
import { decodeExport } from '../../src/inventory/encoding.ts';

const fileOf = (names: readonly string[]): string =>
  ['VM,Folder,Template', ...names.map((name, index) => `${name},Prod,${index % 2 === 0}`), ''].join('\r\n');
const encode = (text: string, encoding: string): Buffer => iconv.encode(text, encoding);

function decode(bytes: Uint8Array, encoding?: string) {
  try {
    return decodeExport(bytes, 'export.csv', encoding);
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return error;
  }
}

const RUSSIAN = ['сервер-01', 'Бухгалтерия'];
const POLISH = ['łódź-01', 'gęś', 'Kraków'];
const JAPANESE = ['東京本社-web01', 'データベース'];
const CHINESE = ['数据库服务器', '北京-web01'];

describe('an export', () => {
  it.each([
    ['utf-8', 'all of its bytes are valid UTF-8', Buffer.from(fileOf(POLISH))],
    ['utf-8', 'its byte order mark says so', Buffer.from(`\ufeff${fileOf(POLISH)}`)],
    ['utf-16le', 'its byte order mark says so', Buffer.from(`\ufeff${fileOf(JAPANESE)}`, 'utf16le')],
    ['utf-16le', 'every other byte is zero', Buffer.from(fileOf(JAPANESE), 'utf16le')],
    ['utf-16be', 'its byte order mark says so', Buffer.from(`\ufeff${fileOf(JAPANESE)}`, 'utf16le').swap16()],
    ['utf-16be', 'every other byte is zero', Buffer.from(fileOf(JAPANESE), 'utf16le').swap16()],
    ['us-ascii', 'it has no other characters', Buffer.from(fileOf(['web01']))],
  ])('is read as %s: %s', (name, reason, bytes) => {
    const read = decode(bytes);
    expect(read).toMatchObject({ encoding: { name, reason } });
    expect([fileOf(POLISH), fileOf(JAPANESE), fileOf(['web01'])]).toContain((read as { text: string }).text);
  });

  it('of a code page is read where all that fit read it in the same way', () => {
    expect(decode(encode(fileOf(['Zürich-01', 'web02']), 'windows-1252'))).toEqual({
      text: fileOf(['Zürich-01', 'web02']),
      encoding: { name: 'windows-1252', reason: expect.stringContaining('it is not UTF-8') as unknown },
    });
    expect(decode(encode(fileOf(['Zürich-01']), 'cp850'))).toMatchObject({
      text: fileOf(['Zürich-01']),
      encoding: { name: 'cp850' },
    });
  });

  it.each([
    ['windows-1250', POLISH],
    ['windows-1251', RUSSIAN],
    ['koi8-r', RUSSIAN],
    ['shift_jis', JAPANESE],
    ['gbk', CHINESE],
    ['windows-1252', ['España-01']],
    ['windows-1251', ['srvЦОД', 'srvД1']],
  ])('in %s is refused with what its first name reads like, and read with --encoding', (name, names) => {
    const bytes = encode(fileOf(names), name);
    const refused = decode(bytes) as LandfallError;
    const [first = ''] = names;
    const column = first.search(/[^\0-\x7f]/) + 1;
    expect(refused).toMatchObject({
      code: 'INVENTORY_INVALID',
      place: { file: 'export.csv', line: 2, column },
    });
    expect(refused.message).toMatch(/^the byte 0x[0-9A-F]{2} here is not UTF-8, and several code pages fit$/);
    expect(refused.remedy).toContain('--encoding');
    expect(refused.remedy).toMatch(new RegExp(`"${first}" with [^;"]*\\b${name}\\b`));
    expect(decode(bytes, name.toUpperCase())).toEqual({
      text: fileOf(names),
      encoding: { name, reason: '--encoding says so' },
    });
  });

  it.each([
    ['the name of a VM', 'Note,VM\r\n', ['заметка,web', 'x,"сервер, 1"'], 'сервер, 1'],
    ['a text that they read differently', 'Note,VM\r\n', ['Größe ¤,Zürich'], 'Größe ¤'],
    ['the first text without a known title', 'Bemerkung,Text\r\n', ['заметка,сервер'], 'заметка'],
  ])('that several code pages fit is refused with %s', (_, header, rows, quoted) => {
    const encoding = quoted.startsWith('G') ? 'windows-1252' : 'windows-1251';
    const refused = decode(encode(header + rows.join('\r\n'), encoding)) as LandfallError;
    expect(refused).toMatchObject({ code: 'INVENTORY_INVALID', place: { line: 2 } });
    expect(refused.remedy).toContain(`"${quoted}" with`);
  });

  it('that is UTF-8 but for one byte is refused at that byte', () => {
    const [before, after] = [Buffer.from(fileOf(['Łódź', 'gęś'])), Buffer.from('x,Prod,False\r\n')];
    const bytes = Buffer.concat([before, Buffer.from('Z\ufffd'), Buffer.from('Z\xfcrich', 'latin1'), after]);
    expect(decode(bytes)).toMatchObject({
      code: 'INVENTORY_INVALID',
      message: 'the byte 0xFC here is not UTF-8, but 5 other characters are',
      place: { line: 4, column: 4 },
    });
  });

  it.each([
    ['utf-8', Buffer.from(fileOf(['Łódź', 'gęś'])).subarray(0, -14), 3],
    ['utf-16le', Buffer.from(`\ufeff${fileOf(['Łódź'])}`, 'utf16le').subarray(0, -3), 2],
  ])('in %s that ends in the middle of a character is refused', (name, bytes, line) => {
    expect(decode(bytes)).toMatchObject({
      code: 'INVENTORY_INVALID',
      message: `the file ends in the middle of a character of ${name.toUpperCase()}: it is not complete`,
      place: { line },
    });
  });

  it.each([
    ['latin1', Buffer.from('\ufeffVM'), 'INVENTORY_INVALID', 'the byte order mark of UTF-8'],
    ['utf-8', Buffer.from('VM\nZ\xfcrich', 'latin1'), 'INVENTORY_INVALID', 'the byte 0xFC here is not UTF-8'],
    ['windows-1252', Buffer.from('VM\nZ\x81rich', 'latin1'), 'INVENTORY_INVALID', 'not windows-1252'],
    ['shift_jis', Buffer.from('VM\nZ\x93', 'latin1'), 'INVENTORY_INVALID', 'not shift_jis'],
    ['cp1253x', Buffer.from('VM'), 'USAGE', '"cp1253x" is not known'],
  ])('is not read as %s if it is not', (encoding, bytes, code, message) => {
    const refused = decode(bytes, encoding) as LandfallError;
    expect(refused).toMatchObject({ code });
    expect(refused.message).toContain(message);
  });

  it('that is a picture, or UTF-32, is refused', () => {
    const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    for (const bytes of [picture, Buffer.from([0xff, 0xfe, 0, 0, 0x56, 0, 0, 0])])
      expect(decode(bytes)).toMatchObject({ code: 'INVENTORY_INVALID' });
  });

  it('is read right or refused, in any encoding', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(...RUSSIAN, ...POLISH, 'Škoda', 'Český', 'Győr', 'Αθήνα', 'İzmir', 'Rīga', 'שרת'),
        fc.constantFrom('Zürich', 'Köln', 'Genève', 'Málaga', 'Leilões', 'Tromsø', 'Straße', 'ÅRE', 'Öko'),
        fc.constantFrom(...JAPANESE, ...CHINESE, '서버-01', 'web本番A', 'web01', 'A社', 'ﾃｽﾄ'),
      ),
      { minLength: 1, maxLength: 6 },
    );
    const encodings = fc.constantFrom(
      ...['utf-8', 'windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254'],
      ...['windows-1255', 'windows-1257', 'shift_jis', 'gbk', 'big5', 'euc-kr', 'cp850', 'cp852', 'cp437'],
      ...['ibm866', 'koi8-r', 'macintosh', 'iso-8859-2'],
    );
    fc.assert(
      fc.property(words, encodings, (names, encoding) => {
        const text = fileOf(names);
        const bytes = encode(text, encoding);
        // A code page without a letter of the names cannot hold them.
        fc.pre(iconv.decode(bytes, encoding) === text);
        const read = decode(bytes);
        if (read instanceof LandfallError) expect(read.code).toBe('INVENTORY_INVALID');
        else expect(read.text).toBe(text);
        expect(decode(bytes, encoding)).toMatchObject({ text });
      }),
      { numRuns: 2000 },
    );
  });
});
