import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { verbs } from '../../../plugin/step/verb.ts';
import { dark, stepFacts, vr } from '../../core/step/pair.ts';

type Sketch = Parameters<typeof vr>[0];

const primary: Sketch = {};
const replica: Sketch = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] };
const inSync: Sketch = { wants: 'secondary', state: 'Secondary', sets: ['inSync'] };
const notFound: Sketch = { wants: 'secondary', state: 'Unknown', sets: ['volumeNotFound'] };
const asked: Sketch = { wants: 'primary', state: 'Secondary', generation: 2, observed: 1 };
const untouched: Sketch = { hasStatus: false };

const leftBy = (here: Sketch, there: Sketch) =>
  verbs.unprotect.leaves(
    stepFacts({ replications: known([vr(here)]) }, { replications: known([vr(there)]) }),
  );

describe('what the end of a protection leaves on the other site', () => {
  test.each<[string, Sketch, Sketch]>([
    ['of a primary', primary, replica],
    ['of a primary whose other side is asked to be', primary, asked],
    ['of one whose role is not known, beside a replica', untouched, replica],
  ])('is to be ended as well: %s', (_, here, there) => {
    expect(leftBy(here, there)).toEqual({
      message:
        'VolumeReplication shop/db-vr of west is left, and nothing is mirrored to or from it any more: end it as well',
      next: 'kubectl dr unprotect db -n shop --context west',
    });
  });

  test.each<[string, Sketch, Sketch, RegExp]>([
    [
      'the primary of a replica',
      replica,
      primary,
      /^west stays primary, .* a move to east creates one there/,
    ],
    ['the other one of two primaries', primary, primary, /^west stays primary, .* follows nobody/],
    ['the primary of one whose role is not known', untouched, primary, /^west stays primary/],
    [
      'the primary of one that the driver does not find',
      notFound,
      primary,
      /under the handle that its driver knows$/,
    ],
    [
      'the only copy of one that the driver does not find',
      notFound,
      inSync,
      /^west keeps .* under the handle that its driver knows$/,
    ],
    ['what is asked to become primary', inSync, asked, /^west keeps its VolumeReplication/],
  ])('is kept: %s', (_, here, there, message) => {
    expect(leftBy(here, there)).toEqual({
      message: expect.stringMatching(message),
      next: 'kubectl dr status db -n shop --context west',
    });
  });

  test.each([
    ['has none', {}],
    ['cannot be read', dark],
    ['is not known', null],
  ])('is nothing where that site %s', (_, there) => {
    expect(verbs.unprotect.leaves(stepFacts({ replications: known([vr(primary)]) }, there))).toBeUndefined();
  });
});
