// Makes the files of a release in release/: the package, its source maps, a software bill of materials (CycloneDX), and the
// checksums of all of them. Needs no network; publishes nothing.
// Usage: npm run release:dry
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = 'release';
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;
if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `v${version}`)
  throw new Error(`the tag is ${GITHUB_REF_NAME}, and package.json has version ${version}`);

function run(command, args) {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
run('npm', ['pack', '--silent', '--pack-destination', OUT]);
run('tar', ['-czf', join(OUT, `${name}-${version}-source-maps.tgz`), 'dist-maps']);
const bill = JSON.parse(run('npm', ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx']));
// npm names the package after the folder of the checkout.
bill.metadata.component.name = name;
writeFileSync(join(OUT, `${name}-${version}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`);

const files = readdirSync(OUT).sort();
const sums = files.map((file) => {
  const sum = createHash('sha256')
    .update(readFileSync(join(OUT, file)))
    .digest('hex');
  return `${sum}  ${file}\n`;
});
writeFileSync(join(OUT, 'SHA256SUMS'), sums.join(''));
console.log(sums.join(''));
