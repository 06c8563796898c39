import { expect, test } from 'vitest';
import { isUntouched } from '../../../core/plan/is-untouched.ts';
import { dark } from '../step/pair.ts';
import { deployments, workloadOf } from '../workload/objects.ts';
import { factsOf, groupOf, type MoveSketch } from './moves.ts';
import { site } from './volumes.ts';

const running: MoveSketch = {
  source: site({ db: 'primary' }),
  target: site({ db: 'replica' }),
  sourceRuns: [workloadOf(deployments, { replicas: 2 })],
};
const parked = { ...workloadOf(deployments, { replicas: 0 }), sizeBefore: 2 };

test.each<[string, MoveSketch, boolean]>([
  ['while the application runs', running, true],
  ['where no workload uses the volume', { ...running, sourceRuns: [] }, true],
  [
    'where somebody had stopped it',
    { ...running, sourceRuns: [workloadOf(deployments, { replicas: 0 })] },
    true,
  ],
  ['not once a move has stopped it', { ...running, sourceRuns: [parked] }, false],
  ['not once the volume was asked to be demoted', { ...running, source: site({ db: 'toBeDemoted' }) }, false],
  ['not where the source cannot be read', { ...running, source: dark }, false],
  ['not where nobody knows what runs there', { ...running, sourceRuns: 'forbidden' }, false],
  [
    'whatever has gone over already',
    { ...running, source: site({ db: 'replica' }), target: site({ db: 'primary' }), sourceRuns: [parked] },
    true,
  ],
])('the source is untouched %s', (_, sketch, expected) => {
  expect(isUntouched(factsOf(sketch), [groupOf(sketch)])).toBe(expected);
});
