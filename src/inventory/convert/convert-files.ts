import type { ProviderName } from '../../core/desired.ts';
import type { ConvertProblem, ConvertReport } from '../../core/inventory.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { readManifest } from '../../manifest/check.ts';
import { decode, Source } from '../../manifest/source.ts';
import { readYaml } from '../../manifest/yaml/read.ts';
import { serviceOf } from '../../providers/registry.ts';
import { type Conversion, type ConversionRequest, convertText } from './convert-text.ts';
import {
  checkWavesOn,
  type ConvertServices,
  foreignIdProblems,
  jobsNotes,
  oldTargetProblems,
  phaseNotes,
  type ProviderOf,
} from './problems.ts';

export interface ConvertOptions {
  /** The service to convert to: one that has a conversion. */
  readonly to: ProviderName;
  /** Returns the request for a wave; undefined: the wave is not converted. */
  readonly requestFor: (wave: {
    readonly name: string;
    readonly target: string | undefined;
  }) => ConversionRequest | undefined;
  readonly providerOf: ProviderOf;
}

/** A file to convert. */
export interface FileToConvert {
  /** As shown to the user. */
  readonly path: string;
  /** The path of the result; absent: the file itself. */
  readonly out?: string;
  readonly bytes: Uint8Array;
}

export interface Converted {
  /** The new text of each file, in the order of the report; undefined: the file is not changed. */
  readonly texts: readonly (string | undefined)[];
  readonly report: Omit<ConvertReport, 'written'>;
}

/** Rewrites waves for another service. Reports what was removed and what a person must solve. Writes no files. */
export function convertFiles(
  files: readonly FileToConvert[],
  { to, requestFor, providerOf }: ConvertOptions,
): Converted {
  const service = serviceOf(to);
  const services: ConvertServices = {
    from: serviceOf(service.conversion?.from ?? ''),
    to: service,
    providerOf,
  };
  const all = files.map((file) => ({ ...file, ...convertFile(file, requestFor, service) }));
  const results = all.flatMap(({ path, out = path, conversion }) =>
    conversion === undefined
      ? []
      : [{ file: out, text: conversion.text, waves: new Set(conversion.waves.map(({ name }) => name)) }],
  );
  const conversions = all.flatMap(({ conversion }) => conversion ?? []);
  return {
    texts: all.map(({ text }) => text),
    report: {
      to,
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
        ...checkWavesOn(service, results),
        ...results.flatMap((result) => foreignIdProblems(result, services)),
        ...oldTargetProblems(results, services),
      ],
      notes: [...phaseNotes(conversions, services), ...jobsNotes(conversions, services)],
    },
  };
}

interface Outcome {
  /** The new text of the file, with a byte order mark if it had one. */
  readonly text?: string;
  readonly conversion?: Conversion;
  readonly problems: readonly ConvertProblem[];
}

const BYTE_ORDER_MARK = '\ufeff';

function convertFile(
  { path, bytes }: FileToConvert,
  requestFor: ConvertOptions['requestFor'],
  to: ServiceDefinition,
): Outcome {
  const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const { text, problem } = decode(bytes);
  const broken = problem === undefined ? readYaml(text).problems : [problem];
  const source = new Source(path, text);
  if (broken.length > 0) return { problems: broken.map((each) => source.toConcern(each)) };
  const conversion = convertText(text, path, requestFor, to);
  if (conversion.failed === true) {
    const wrong = readManifest(source, 'project file').concerns.filter(
      ({ severity }) => severity === 'error',
    );
    return { problems: [{ ...UNCHANGED, place: source.place(0) }, ...wrong] };
  }
  const problems = conversion.found > 0 ? [] : [{ ...NO_WAVE, place: source.place(0) }];
  return {
    text: (whole.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '') + conversion.text,
    conversion,
    problems,
  };
}

const NO_WAVE = { message: 'the file holds no wave', remedy: 'name a file with a document of kind: Wave' };

const UNCHANGED = {
  message: 'the file is left as it is: without what is to go, it would no longer say the same of the rest',
  remedy: 'write out what its aliases stand for, and convert it again',
};
