// Checks who imports whom (.dependency-cruiser.cjs), and that the checker saw the rooms at all:
// a checker that resolves nothing finds nothing wrong.
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
const tsConfig = extractTSConfig('./tsconfig.json');
const { output } = await cruise(['src'], options, undefined, { tsConfig });

const seen = new Set(output.modules.map((module) => module.source.split('/')[1]));
const rooms = [
  'apply',
  'bin.ts',
  'cli',
  'core',
  'journey',
  'local',
  'manifest',
  'plan',
  'providers',
  'report',
  'workflow',
];
const blind = rooms.filter((room) => !seen.has(room));
if (blind.length > 0) {
  console.error(
    `check-rooms: saw no module of ${blind.join(', ')}: the checker is blind, not the code clean`,
  );
  process.exitCode = 1;
}
for (const { rule, from, to } of output.summary.violations) {
  console.error(`${from} → ${to}: ${rule.name}`);
  process.exitCode = 1;
}
console.log(
  `check-rooms: ${output.summary.totalCruised} modules, ${output.summary.violations.length} violations`,
);
