// The loader of typescript.mjs: what is TypeScript becomes JavaScript on the way in.
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), {
    configFile: false,
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    sourceMaps: false,
  });
  return { format: 'module', source: code, shortCircuit: true };
}
