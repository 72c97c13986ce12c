import { resolve } from 'node:path';
import { EXIT, LandfallError } from '../../core/error.ts';
import type { ConvertReport } from '../../core/inventory.ts';
import { convertFiles, type ConvertOptions } from '../../inventory/convert/convert-files.ts';
import { serviceOf } from '../../providers/registry.ts';
import { renderConvertJson, renderConvertText } from '../../report/inventory/convert.ts';
import {
  type ConvertSource,
  findConvertSource,
  readConvertFiles,
  replaceFiles,
} from '../../workflow/converting.ts';
import { unchangedFiles, writeNewFiles } from '../../workflow/files.ts';
import { matcher } from '../../workflow/selection.ts';
import { findTarget } from '../../workflow/targets.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly to: string;
  readonly format: 'text' | 'json';
  readonly wave?: readonly string[];
  readonly target?: string;
  readonly inPlace?: boolean;
  readonly out?: string;
}

/** `landfall convert --to mgn [FILES]`: rewrites waves of SMS for MGN. Exits with 1 if something is left to solve. */
export async function convert(context: Context, flags: Flags, files: readonly string[]): Promise<number> {
  const scene = findConvertSource(context, files);
  if (scene.kind === 'invalid') return showInvalidManifests(context, scene);
  checkTarget(scene, flags);
  const read = await readConvertFiles(context, scene, flags);
  const isChosen = matcher(flags.wave) ?? (() => true);
  const wanted = { ...flags, isExplicit: files.length > 0 || flags.wave !== undefined };
  const { texts, report } = convertFiles(read, {
    to: flags.to,
    providerOf: scene.providerOf,
    requestFor: (wave) => (isChosen(wave.name) ? requestFor(wave, scene, wanted) : undefined),
  });

  const results = read.flatMap(({ path, out = path, bytes }, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path: resolve(context.host.cwd, out), text, before: bytes }];
  });
  if (flags.inPlace === true) await replaceFiles(context, results);
  if (flags.out !== undefined) {
    const unchanged = await unchangedFiles(context, results);
    await writeNewFiles(
      context,
      results.filter(({ path }) => !unchanged.has(path)),
    );
  }
  printReport(context, flags, report);
  return report.problems.length === 0 ? EXIT.done : EXIT.error;
}

/** What is to become of a wave: where waves were not named, those that are at MGN already keep their target. */
function requestFor(
  { target }: { readonly target: string | undefined },
  { providerOf, defaultTarget }: ConvertSource,
  wanted: { readonly to: string; readonly target?: string; readonly isExplicit: boolean },
): ReturnType<ConvertOptions['requestFor']> {
  if (wanted.target === undefined) return {};
  const isDefault = target === undefined && defaultTarget === wanted.target;
  if (isDefault || (!wanted.isExplicit && providerOf(target) === wanted.to)) return {};
  return { target: wanted.target };
}

function checkTarget({ targets }: ConvertSource, { to, target: name }: Flags): void {
  if (name === undefined || targets === undefined) return;
  const target = findTarget(targets, name);
  if (target.provider === to) return;
  throw new LandfallError('USAGE', `the target ${name} is one of ${serviceOf(target.provider).title}`, {
    remedy: `name a target with provider: ${to}, or change the provider of this one in the project file`,
    place: target.place,
  });
}

function printReport(
  { colors, print: write }: Context,
  flags: Flags,
  report: Omit<ConvertReport, 'written'>,
): void {
  const written = flags.inPlace === true ? 'in-place' : flags.out === undefined ? undefined : 'out';
  const whole: ConvertReport = { ...report, ...(written !== undefined && { written }) };
  write(flags.format === 'json' ? renderConvertJson(whole) : renderConvertText(whole, { colors }));
}
