import { EXIT, LandfallError } from '../../core/error.ts';
import { didYouMean } from '../../core/suggest.ts';
import { renderSchemaList } from '../../report/editor/project-files.ts';
import { writeOutput } from '../../workflow/output-files.ts';
import { schemaNames, schemaText } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly out?: string;
}

/** `landfall schema [NAME]`: a JSON Schema as it ships, byte for byte; without a name, a list of them. */
export async function schema(context: Context, { out }: Flags, [name]: readonly string[]): Promise<number> {
  const names = schemaNames();
  if (name === undefined) {
    if (out !== undefined) {
      throw new LandfallError('USAGE', '--out needs to know which schema', {
        remedy: `name one: ${names.join(', ')}`,
      });
    }
    const schemas = names.map((each) => {
      const { description } = JSON.parse(schemaText(each)) as { description?: string };
      return { name: each, description: description ?? '' };
    });
    context.print(renderSchemaList(schemas));
    return EXIT.done;
  }
  if (!names.includes(name)) {
    throw new LandfallError('USAGE', `there is no schema ${JSON.stringify(name)}`, {
      remedy: didYouMean(name, names, `there are ${names.join(', ')}`),
    });
  }
  if (out === undefined) context.print(schemaText(name));
  else await writeOutput(context.host, out, schemaText(name));
  return EXIT.done;
}
