import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { LandfallError } from '../core/error.ts';
import { joinFirst } from '../core/text.ts';

/** Most bytes of all parts of a workbook that are unpacked: a hundred thousand VMs take about 250 MB. */
const MAX_UNPACKED_BYTES = 400_000_000;
/** How much XML is decoded at once, in bytes. */
const CHUNK_BYTES = 1 << 16;

interface XmlHandlers {
  /** @param attribute reads an attribute by its name without a prefix */
  open?(tag: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(tag: string): void;
}

/** The parts of an Office Open XML archive. Unpacks no more than `MAX_UNPACKED_BYTES` in all. */
export class WorkbookArchive {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  /** The names of the parts as the archive spells them, by their names in lower case. */
  readonly #names = new Map<string, string>();
  #unpacked = 0;

  /** @throws LandfallError INVENTORY_INVALID if it is another kind of archive, or is damaged */
  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
    this.#unzip(({ name }) => {
      this.#names.set(partKey(name), name);
      return false;
    });
    if (this.#names.has('xl/workbook.xml')) return;
    if (this.#names.has('xl/workbook.bin'))
      throw this.error('this is a binary workbook (.xlsb)', 'save it as .xlsx, or save the tab as CSV');
    if (this.#names.has('content.xml'))
      throw this.error(
        'this is an OpenDocument spreadsheet (.ods)',
        'save it as .xlsx, or save the tab as CSV',
      );
    const parts = joinFirst([...this.#names.values()], 3);
    throw this.error(`this is an archive without a workbook: it has ${parts || 'no file'}`, UNPACK_IT);
  }

  /** @param line the row of a sheet */
  error(what: string, remedy: string, line = 1, cause?: unknown): LandfallError {
    return new LandfallError('INVENTORY_INVALID', what, {
      remedy,
      place: { file: this.#file, line, column: 1 },
      cause,
    });
  }

  /** Reads a part of XML, if the workbook has it. @throws LandfallError INVENTORY_INVALID */
  parse(part: string, handlers: XmlHandlers): void {
    const data = this.#read(part);
    if (data === undefined) return;
    const parser = new SaxesParser();
    parser.on('opentag', ({ name, attributes }) => {
      handlers.open?.(localName(name), (wanted) => {
        const found = Object.keys(attributes).find((each) => localName(each) === wanted);
        return found === undefined ? undefined : attributes[found];
      });
    });
    parser.on('text', (found) => handlers.text?.(found));
    parser.on('cdata', (found) => handlers.text?.(found));
    parser.on('closetag', ({ name }) => handlers.close?.(localName(name)));
    const decoder = new TextDecoder();
    try {
      for (let at = 0; at < data.length; at += CHUNK_BYTES)
        parser.write(decoder.decode(data.subarray(at, at + CHUNK_BYTES), { stream: true }));
      parser.close();
    } catch (cause) {
      if (cause instanceof LandfallError) throw cause;
      throw this.error(`this workbook is damaged: ${part} is not XML`, SAVE_AGAIN, 1, cause);
    }
  }

  #read(part: string): Uint8Array | undefined {
    const name = this.#names.get(part.toLowerCase());
    if (name === undefined) return undefined;
    return this.#unzip((entry) => {
      if (entry.name !== name) return false;
      // The archive is believed: no more bytes are unpacked than it says.
      this.#unpacked += entry.originalSize;
      if (this.#unpacked <= MAX_UNPACKED_BYTES) return true;
      const megabytes = Math.round(this.#unpacked / 1e6);
      const limit = MAX_UNPACKED_BYTES / 1e6;
      throw this.error(
        `the workbook unpacks to ${megabytes} MB or more; the limit is ${limit} MB`,
        SAVE_AS_CSV,
      );
    })[name];
  }

  #unzip(filter: (entry: { name: string; originalSize: number }) => boolean): Record<string, Uint8Array> {
    try {
      return unzipSync(this.#bytes, { filter });
    } catch (cause) {
      if (cause instanceof LandfallError) throw cause;
      throw this.error('this workbook is damaged: the archive cannot be unpacked', SAVE_AGAIN, 1, cause);
    }
  }
}

const SAVE_AGAIN = 'open it in Excel and save it again, or save the tab as CSV';
export const SAVE_AS_CSV = 'save the tab that is needed as CSV';
const UNPACK_IT = 'unpack it, and give the file with the VMs, such as RVTools_tabvInfo.csv';

/** Some programs write `\` between folders, or names in other letter case. */
const partKey = (name: string): string => name.replaceAll('\\', '/').toLowerCase();

/** Programs differ in the prefixes that they write: `<x:row>` is `<row>`. */
const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
