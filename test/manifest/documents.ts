import { stringify } from 'yaml';
import type { Concern } from '../../src/core/concern.ts';
import { formatPlace } from '../../src/core/error.ts';
import * as schedule from '../../src/manifest/schedule/index.ts';
import { type CheckedManifests, checkManifests, readManifest } from '../../src/manifest/check.ts';
import { Source } from '../../src/manifest/source.ts';

// A small valid project to start from: one target, one wave. A test builds it and changes one thing.

export const NOW = Date.parse('2026-11-23T12:00:00Z');

export type Fields = Readonly<Record<string, unknown>>;

export function project(more: Fields = {}): Fields {
  return {
    apiVersion: 'landfall/v1',
    kind: 'Project',
    metadata: { name: 'ucop' },
    defaultTarget: 'local',
    targets: { local: { provider: 'sms', region: 'us-west-2', endpoint: 'local' } },
    ...more,
  };
}

/** A wave of one VM that replicates every 12 hours; `spec` and `defaults` are laid over its own. */
export function wave(spec: Fields = {}, name = 'sdsc-01'): Fields {
  return {
    apiVersion: 'landfall/v1',
    kind: 'Wave',
    metadata: { name },
    spec: { defaults: { frequency: 12 }, vms: [{ name: 'web' }], ...spec },
  };
}

/** A wave with one VM that differs in these fields from the valid one. */
export function waveOf(...vms: readonly Fields[]): Fields {
  return wave({ vms: vms.map((vm, index) => ({ name: `vm-${index}`, ...vm })) });
}

/** Checks texts, or documents written as YAML, as the files `landfall.yaml`, `waves/1.yaml`, `waves/2.yaml` and so on. */
export function checkDocuments(
  main: Fields | string,
  ...waves: readonly (Fields | string)[]
): CheckedManifests {
  const text = (document: Fields | string) => (typeof document === 'string' ? document : stringify(document));
  const read = waves.map((each, index) =>
    readManifest(new Source(`waves/${index + 1}.yaml`, text(each)), 'wave file'),
  );
  const manifest = readManifest(new Source('landfall.yaml', text(main)), 'project file');
  return checkManifests(manifest, read, [], NOW, [], schedule);
}

/** The concerns of a valid project with these waves. */
export function concernsOf(...waves: readonly (Fields | string)[]): readonly Concern[] {
  return checkDocuments(project(), ...waves).concerns;
}

/** What a concern comes down to: `id place "underlined text"`. */
export function summary({ id, place, excerpt }: Concern): string {
  const underlined =
    place && excerpt ? excerpt.text.slice(place.column - 1, place.column - 1 + excerpt.length) : '';
  return `${id} ${place === undefined ? '' : formatPlace(place)} ${JSON.stringify(underlined)}`;
}
