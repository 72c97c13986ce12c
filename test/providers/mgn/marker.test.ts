import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  descriptionTags,
  ownerTags,
  landfallTagKeys,
  projectOf,
  projectTags,
  readDescription,
  readOwner,
} from '../../../src/providers/mgn/marker.ts';

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const others = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => !key.startsWith('landfall:') && key !== '__proto__'),
  fc.string(),
);

describe('the marker in tags', () => {
  it('names its owner and the description, whatever tags are beside it', () => {
    fc.assert(
      fc.property(name, name, fc.string(), others, (project, wave, text, more) => {
        const tags = { ...more, ...ownerTags({ project, wave }), ...descriptionTags(text) };
        expect(readOwner(tags)).toEqual({ project, wave });
        expect(readDescription(tags)).toBe(text);
        expect([...landfallTagKeys(tags)].sort()).toEqual([
          'landfall:description',
          'landfall:project',
          'landfall:wave',
        ]);
        expect(landfallTagKeys(more)).toEqual([]);
      }),
    );
  });

  it.each([
    undefined,
    {},
    { 'landfall:project': 'ucop' },
    { 'landfall:wave': 'w' },
    { 'landfall:project': 'ucop', 'landfall:wave': '../w' },
    { 'landfall:project': 'U C', 'landfall:wave': 'w' },
    { 'landfall:project': 'ucop', 'landfall:wave': '-' },
    { 'landfall:project': 'ucop', 'landfall:wave': 'w'.repeat(64) },
    { 'Landfall:Project': 'ucop', 'Landfall:Wave': 'w' },
  ])('%j owns nothing', (tags) => {
    expect(readOwner(tags)).toBeUndefined();
  });

  it('names its project, half or whole', () => {
    expect(projectOf({ tags: projectTags('ucop') })).toBe('ucop');
    expect(projectOf({ tags: { team: 'a' } })).toBeUndefined();
    expect(projectOf({})).toBeUndefined();
  });
});
