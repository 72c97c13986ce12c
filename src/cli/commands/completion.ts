import type { Command } from 'commander';
import { EXIT } from '../../core/error.ts';
import { renderBash } from '../../report/completion/bash.ts';
import { renderFish } from '../../report/completion/fish.ts';
import { renderZsh } from '../../report/completion/zsh.ts';
import { allEntries } from '../../report/explanations/index.ts';
import { commandTree } from '../command-tree.ts';
import type { Context } from '../context.ts';
import { schemaNames } from '../shipped-files.ts';

const RENDERERS = { bash: renderBash, zsh: renderZsh, fish: renderFish };

/** `landfall completion SHELL`: a script made from the commands as they are declared. */
export function completion(context: Context, program: Command, [shell]: readonly string[]): number {
  const tree = commandTree(program, {
    'explain <id>': allEntries().map(({ id }) => id),
    'schema <name>': schemaNames(),
  });
  context.print(RENDERERS[shell as keyof typeof RENDERERS](tree));
  return EXIT.done;
}
