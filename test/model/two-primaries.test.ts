import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorld, histories } from './random-changes.ts';

/** `npm run test:model` asks for a hundred thousand. */
const wantedSteps = Number(process.env['KUBECTL_DR_MODEL_STEPS'] ?? 5_000);
const longestHistory = 120;

test(`no history of two sites reaches two primaries without a consent (${wantedSteps} steps)`, async () => {
  let steps = 0;
  while (steps < wantedSteps) {
    await fc.assert(
      fc.asyncProperty(histories(longestHistory), async (commands) => {
        const world = createWorld();
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        } finally {
          steps += world.steps;
          for (const site of world.sites) site.close();
        }
      }),
      { numRuns: 50 },
    );
  }
  expect(steps).toBeGreaterThanOrEqual(wantedSteps);
});
