import { EXIT } from '../../core/error.ts';
import { loadProject } from '../../manifest/index.ts';
import { renderValidationJson } from '../../report/validation-json.ts';
import { renderValidationText } from '../../report/validation-text.ts';
import type { Context } from '../context.ts';
import { findProjectFile } from '../project.ts';

interface Flags {
  readonly format: 'text' | 'json';
}

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export function validate(context: Context, flags: Flags): number {
  const { host, colors } = context;
  const projectFile = findProjectFile(context);
  const loaded = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  context.print(
    flags.format === 'json' ? renderValidationJson(loaded) : renderValidationText(loaded, { colors }),
  );
  return loaded.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}
