import type { ConvertProblem, ConvertReport } from '../../core/convert.ts';
import { decode } from '../../manifest/decode.ts';
import { judgeOnMgn } from '../../manifest/judge-on-mgn.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { Source } from '../../manifest/source.ts';
import { readYaml } from '../../manifest/yaml/read.ts';
import { type Conversion, convertText, type Wish } from './convert-text.ts';
import { jobsNotes, phaseNotes, type ProviderOf, smsIds, smsTargets } from './what-else.ts';

export interface ConvertOptions {
  /** What is to become of a wave; undefined: nothing. */
  readonly wishOf: (wave: { readonly name: string; readonly target: string | undefined }) => Wish | undefined;
  readonly providerOf: ProviderOf;
}

/** A file that was read. */
export interface FileToConvert {
  /** As shown to the user. */
  readonly path: string;
  /** Where its result goes; absent: to its place. */
  readonly out?: string;
  readonly bytes: Uint8Array;
}

export interface Converted {
  /** What each file is to hold, in the order of the report's; undefined: it is left alone. */
  readonly texts: readonly (string | undefined)[];
  readonly report: Omit<ConvertReport, 'written'>;
}

/** Rewrites waves of SMS for MGN: what goes, where it goes, and what a person has to solve. Writes nothing. */
export function convertFiles(
  files: readonly FileToConvert[],
  { wishOf, providerOf }: ConvertOptions,
): Converted {
  const all = files.map((file) => ({ ...file, ...convertFile(file, wishOf) }));
  const results = all.flatMap(({ path, out = path, conversion }) =>
    conversion === undefined
      ? []
      : [{ file: out, text: conversion.text, waves: new Set(conversion.waves.map(({ name }) => name)) }],
  );
  const conversions = all.flatMap(({ conversion }) => conversion ?? []);
  return {
    texts: all.map(({ text }) => text),
    report: {
      to: 'mgn',
      files: all.map(({ path, out, conversion }) => {
        const { waves = [], dropped = [], targets = [] } = conversion ?? {};
        return {
          path,
          ...(out !== undefined && { out }),
          waves: waves.map(({ name }) => name),
          changed: dropped.length + targets.length > 0,
          dropped,
          targets,
        };
      }),
      problems: [
        ...all.flatMap(({ problems }) => problems),
        ...judgeOnMgn(results),
        ...results.flatMap(smsIds),
        ...smsTargets(results, providerOf),
      ],
      notes: [...phaseNotes(conversions), ...jobsNotes(conversions, providerOf)],
    },
  };
}

interface Outcome {
  /** What the file is to hold, with a byte order mark where it had one. */
  readonly text?: string;
  readonly conversion?: Conversion;
  readonly problems: readonly ConvertProblem[];
}

const MARK = '\ufeff';

function convertFile({ path, bytes }: FileToConvert, wishOf: ConvertOptions['wishOf']): Outcome {
  const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const { text, problem } = decode(bytes);
  const broken = problem === undefined ? readYaml(text).problems : [problem];
  const source = new Source(path, text);
  if (broken.length > 0) return { problems: broken.map((each) => source.concern(each)) };
  const conversion = convertText(text, path, wishOf);
  if (conversion.failed === true) {
    const wrong = readManifest(source, 'project file').concerns.filter(
      ({ severity }) => severity === 'error',
    );
    return { problems: [{ ...LEFT_ALONE, place: source.place(0) }, ...wrong] };
  }
  const problems = conversion.found > 0 ? [] : [{ ...NO_WAVE, place: source.place(0) }];
  return { text: (whole.startsWith(MARK) ? MARK : '') + conversion.text, conversion, problems };
}

const NO_WAVE = { message: 'the file holds no wave', remedy: 'name a file with a document of kind: Wave' };

const LEFT_ALONE = {
  message: 'the file is left as it is: without what is to go, it would no longer say the same of the rest',
  remedy: 'write out what its aliases stand for, and convert it again',
};
