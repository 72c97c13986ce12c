import type { CellReader, Header, Row } from './csv.ts';

/**
 * The words for yes and no: Excel writes TRUE and FALSE in the language of its user, and people write their own. A word is in
 * one list only.
 */
const YES_WORDS = `true yes y t 1 -1 wahr ja j vrai oui verdadero sí vero sì verdadeiro sim waar prawda tak истина да істина так
  pravda ano áno igaz igen sant sand sann tosi kyllä doğru evet αληθής αληθές ναι adevărat da istina tačno tõene teisinga taip
  patiess jā cert đúng benar ya จริง 真 是 はい 참 예 נכון כן نعم صحيح`;
const NO_WORDS = `false no n f 0 falsch nein faux non falso não onwaar nee fałsz nie ложь нет хибність хибне ні nepravda ne hamis
  nem falskt falsk nej usann nei epätosi ei yanlış hayır ψευδής ψευδές όχι fals nu neistina netačno väär neteisinga aplams nē sai
  salah tidak เท็จ 假 偽 否 いいえ 거짓 아니요 아니오 שקר לא لا خطأ`;

const [YES, NO] = [YES_WORDS, NO_WORDS].map((text) => new Set(text.split(/\s+/).map(plain)));

/** Reduces a word to small letters without accents. */
function plain(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ı/g, 'i').trim();
}

/** Reads a yes or a no in the languages of Excel. Anything else is neither, and so is an empty cell. */
export function parseYesNo(cell: string): boolean | undefined {
  const word = plain(cell);
  if (YES?.has(word) === true) return true;
  return NO?.has(word) === true ? false : undefined;
}

/** What a known value means: why its VM is left out, or that it is no reason. */
type Meaning = (cell: string) => { readonly reason?: string } | undefined;

interface Decision {
  readonly titles: readonly string[];
  /** What cannot be recognised without the column. */
  readonly without: string;
  /** Returns nothing for a value that is not known. */
  readonly meaning: Meaning;
}

const yesMeans =
  (reason: string): Meaning =>
  (cell) => {
    const isYes = parseYesNo(cell);
    return isYes === undefined ? undefined : isYes ? { reason } : {};
  };

const oneOf =
  (reasons: Readonly<Record<string, string | undefined>>): Meaning =>
  (cell) => {
    const word = cell.toLowerCase().replace(/[\s_-]/g, '');
    if (!Object.hasOwn(reasons, word)) return undefined;
    const reason = reasons[word];
    return reason === undefined ? {} : { reason };
  };

const OFF = 'is powered off (--include-powered-off)';

/**
 * The columns of a vInfo tab that decide whether a row is a VM to migrate. The values are those of vSphere's API
 * (VirtualMachinePowerState, VirtualMachineConnectionState, FaultToleranceConfigInfo.role), which RVTools writes.
 */
const DECISIONS: readonly Decision[] = [
  { titles: ['Template'], without: 'templates', meaning: yesMeans('is a template') },
  {
    titles: ['SRM Placeholder'],
    without: 'placeholders of Site Recovery Manager',
    meaning: yesMeans('is a placeholder of Site Recovery Manager'),
  },
  {
    titles: ['Connection state'],
    without: 'VMs that no host has',
    meaning: oneOf({
      connected: undefined,
      disconnected: 'is disconnected: vCenter cannot reach its host',
      orphaned: 'is orphaned: no host of vCenter has it',
      inaccessible: 'is inaccessible: vCenter cannot read its files',
      invalid: 'is invalid: vCenter cannot read its configuration',
    }),
  },
  {
    titles: ['FT Role'],
    without: 'secondaries of fault-tolerant VMs',
    // The number of the VM in its group, from 1, the primary; without fault tolerance the cell is empty.
    meaning: (cell) =>
      /^(?:0|1|primary)?$/i.test(cell)
        ? {}
        : /^(?:[2-9]|secondary)$/i.test(cell)
          ? { reason: 'is the secondary of a fault-tolerant VM' }
          : undefined,
  },
  {
    titles: ['Powerstate', 'Power State'],
    without: 'VMs that are off',
    meaning: oneOf({
      poweredon: undefined,
      on: undefined,
      poweredoff: OFF,
      off: OFF,
      suspended: 'is suspended (--include-powered-off)',
    }),
  },
];

/** The columns of a file that decide about its rows. */
export interface Decisions {
  /** Returns why the row is not a VM to migrate. A value that is not known is a reason too. */
  whyLeftOut(row: Row, options: { readonly includePoweredOff: boolean }): string | undefined;
  /** A note on the columns that the file does not have, or none. */
  readonly notes: readonly string[];
}

/** Finds the columns that decide about rows. */
export function findDecisions(header: Header): Decisions {
  const found: (Decision & { readonly title: string; readonly cell: CellReader })[] = [];
  const missing: Decision[] = [];
  for (const decision of DECISIONS) {
    const cell = header.find(decision.titles);
    if (cell === undefined) missing.push(decision);
    else found.push({ ...decision, title: decision.titles[0] ?? '', cell });
  }
  const titles = missing.map(({ titles: [title] }) => JSON.stringify(title)).join(', ');
  const kinds = missing.map(({ without }) => without).join(', ');
  return {
    whyLeftOut(row, { includePoweredOff }) {
      for (const { title, cell, meaning } of found) {
        const text = cell(row);
        const known = meaning(text);
        if (known === undefined) {
          const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
          return text === ''
            ? `has an empty ${title}`
            : `has the ${title} ${JSON.stringify(shown)}, which is not known`;
        }
        const isAllowed = title === 'Powerstate' && includePoweredOff;
        if (known.reason !== undefined && !isAllowed) return known.reason;
      }
      return undefined;
    },
    notes: missing.length === 0 ? [] : [`there is no column ${titles}, so these are not left out: ${kinds}`],
  };
}
