import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { convertFiles } from '../../../src/inventory/convert/convert-files.ts';
import { convertText } from '../../../src/inventory/convert/convert-text.ts';
import { checkWavesOn } from '../../../src/inventory/convert/problems.ts';
import { mgnService } from '../../../src/providers/mgn/definition.ts';
import { exampleTexts } from '../../manifest/examples.ts';

// Waves in every layout that people write, and some that they do not: what the converter may do to them.

const GONE = [
  'frequency: 12',
  'runOnce: true',
  '"roleName": sms',
  'numberOfRecentAmisToKeep:   7',
  'seedReplicationTime: 2026-12-01T20:00:00-08:00',
  'nextReplicationRunStartTime: "2026-12-06T22:30:00Z"',
  'encrypted: false',
];
const STAYS = [
  'licenseType:  BYOL',
  'description: "a: # b"',
  "os: 'rhel-7.3'",
  'adopt: true',
  'protect: no one',
];

const comment = fc.option(fc.constantFrom('# why', '#why not', '# frequency: 12', '# { ü, } "'), { nil: '' });
/** What stands between two lines. */
const between = fc.array(fc.constantFrom('', '   ', '# a note', '      # a deeper note'), { maxLength: 2 });

interface Line {
  readonly text: string;
  readonly comment: string;
  readonly above: readonly string[];
}

/** Settings of one mapping, each once, in any order. */
function settings(stays: readonly string[]): fc.Arbitrary<Line[]> {
  return fc
    .shuffledSubarray([...GONE, ...stays])
    .chain((texts) =>
      fc.tuple(...texts.map((text) => fc.record({ text: fc.constant(text), comment, above: between }))),
    );
}

function block(indent: string, lines: readonly Line[], first = indent): string[] {
  return lines.flatMap(({ text, comment, above }, index) => {
    const own = `${index === 0 ? first : indent}${text}${comment === '' ? '' : `  ${comment}`}`;
    // What stands above the first line of a list item would stand above its dash.
    return index === 0 && first !== indent
      ? [own]
      : [...above.map((line) => (line === '' ? '' : indent + line)), own];
  });
}

function flow(lines: readonly Line[]): string {
  return `{ ${lines.map(({ text }) => text).join(' , ')} }`;
}

/** The lines of a wave. `adopt` may stand under `spec` and at VMs only. */
const waveLines = fc
  .record({
    defaults: settings(STAYS.slice(0, 2)),
    vms: fc.array(fc.record({ lines: settings(STAYS.slice(0, 4)), isFlow: fc.boolean(), at: fc.nat(9) }), {
      minLength: 1,
      maxLength: 4,
    }),
    isFlow: fc.boolean(),
    hasDefaults: fc.boolean(),
    comment,
    dash: fc.constantFrom('    - ', '  - ', '    -   '),
  })
  .map(({ defaults, vms, isFlow, hasDefaults, comment, dash }) => {
    const head = ['apiVersion: landfall/v1', 'kind: Wave', 'metadata: { name: a }   # name', 'spec:'];
    const ofDefaults = !hasDefaults
      ? []
      : isFlow
        ? [`  defaults: ${flow(defaults)} ${comment}`]
        : [`  defaults: ${comment}`, ...block('    ', defaults)];
    const ofVms = vms.flatMap(({ lines, isFlow, at }, index) => {
      const name: Line = { text: `name: vm-${index}`, comment: '', above: [] };
      const all = lines.toSpliced(at % (lines.length + 1), 0, name);
      return isFlow ? [`${dash}${flow(all)} ${comment}`] : block(' '.repeat(dash.length), all, dash);
    });
    return [...head, ...ofDefaults, '  vms:', ...ofVms];
  });

const text = fc
  .record({ lines: waveLines, end: fc.constantFrom('\n', '\r\n'), isEnded: fc.boolean() })
  .map(({ lines, end, isEnded }) => lines.join(end) + (isEnded ? end : ''));

const convert = (source: string, target?: string) =>
  convertText(source, 'a.yaml', () => ({ ...(target !== undefined && { target }) }), mgnService);

const commentsIn = (lines: readonly string[]) => lines.filter((line) => line.trim().startsWith('#'));

describe('any wave', () => {
  it('is converted, and then valid on MGN', () => {
    fc.assert(
      fc.property(text, fc.option(fc.constantFrom('aws', '1e3'), { nil: undefined }), (source, target) => {
        const { text: result, failed } = convert(source, target);
        expect(failed).toBeUndefined();
        expect(checkWavesOn(mgnService, [{ file: 'a.yaml', text: result, waves: new Set(['a']) }])).toEqual(
          [],
        );
      }),
    );
  });

  it('is finished the first time', () => {
    fc.assert(
      fc.property(text, (source) => {
        const once = convert(source, 'aws').text;
        expect(convert(once, 'aws')).toMatchObject({ text: once, dropped: [], targets: [] });
      }),
    );
  });

  it('keeps each line that nothing is taken from, byte for byte and in order', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { text: result, dropped } = convert(source);
        const before = source.split('\n');
        const touched = new Set(dropped.map(({ place }) => place.line - 1));
        // The first setting of a VM stands behind a dash, which the next may move up to.
        for (const index of [...touched].sort((a, b) => a - b)) {
          if (/^\s*- /.test(before[index] ?? '') || touched.has(index - 1)) touched.add(index + 1);
        }
        for (const [index, line] of before.entries()) if (/^ {2}defaults:\s*$/.test(line)) touched.add(index);
        const after = result.split('\n');
        let at = 0;
        for (const [index, line] of before.entries()) {
          if (touched.has(index) || (line === '' && index === before.length - 1)) continue;
          const found = after.indexOf(line, at);
          expect({ line, found: found >= 0 }).toEqual({ line, found: true });
          at = found + 1;
        }
      }),
    );
  });

  it('loses no comment without a word', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { text: result, dropped } = convert(source);
        const reported = dropped.flatMap(({ comments }) => comments);
        const lines = result.split(/\r?\n/);
        expect(commentsIn(lines).length + reported.length).toBeGreaterThanOrEqual(
          commentsIn(source.split(/\r?\n/)).length,
        );
        const count = (of: string) => of.split('# why').length - 1;
        expect(count(result) + count(reported.join('\n'))).toBe(count(source));
      }),
    );
  });

  it('has each drop told, at its place', () => {
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split(/\r?\n/);
        const { text: result, dropped } = convert(source);
        for (const { place, text: written } of dropped) {
          expect(lines[place.line - 1]?.slice(place.column - 1).startsWith(written)).toBe(true);
        }
        const kinds = [...GONE].map((each) => each.replace(/^"?(\w+).*/, '$1'));
        const body = result
          .split('\n')
          .map((line) => line.replace(/#.*/, ''))
          .join('\n');
        for (const kind of kinds) expect(body.includes(kind)).toBe(false);
      }),
    );
  });

  it('is left as it is, or says the same of the rest, whatever the text', () => {
    const pieces = [
      'spec:',
      ' ',
      '\n',
      '  ',
      'vms:',
      '- ',
      '{',
      '}',
      ',',
      'name: a',
      'frequency: 1',
      '&a ',
      '*a',
      '#',
      "'",
      '"',
      '? ',
      ': ',
      '|',
      '!!str ',
      '[',
      ']',
      'defaults:',
      '---\n',
    ];
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(soup, (source) => {
        const all = `kind: Wave\nmetadata: { name: a }\n${source}`;
        const { text: result, failed, dropped, targets } = convert(all, 'aws');
        if (failed === true || dropped.length + targets.length === 0) expect(result).toBe(all);
      }),
    );
  });

  it('of any bytes comes to a result or a problem, and changes nothing where nothing goes', () => {
    const hostile = fc.constantFrom(
      '&a ',
      '*a',
      '<<: ',
      '!!x ',
      '\t',
      '? ',
      '- ',
      ': ',
      '"',
      '[',
      '{',
      '\0',
      '\ufeff',
      '---\n',
      '|\n',
      '#',
    );
    const damaged = fc
      .tuple(fc.constantFrom(...exampleTexts()), fc.array(fc.tuple(hostile, fc.nat(2000)), { maxLength: 6 }))
      .map(([base, all]) =>
        all.reduce((sofar, [piece, at]) => sofar.slice(0, at) + piece + sofar.slice(at), base),
      );
    fc.assert(
      fc.property(
        fc.oneof(
          damaged.map((each) => Buffer.from(each)),
          fc.uint8Array({ maxLength: 200 }),
        ),
        (bytes) => {
          const { texts, report } = convertFiles([{ path: 'a.yaml', bytes }], {
            requestFor: () => ({}),
            to: 'mgn',
            providerOf: () => undefined,
          });
          const [file] = report.files;
          if (texts[0] === undefined) expect(report.problems).not.toEqual([]);
          else if (file?.changed === false) expect(Buffer.from(texts[0])).toEqual(Buffer.from(bytes));
        },
      ),
    );
  });
});
