import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bringToRest } from './bring-to-rest.ts';
import { createHistory, endFaults, histories, setups } from './move-history.ts';

/** `npm run test:model` asks for a hundred thousand. */
const wantedSteps = Number(process.env['KUBECTL_DR_MODEL_STEPS'] ?? 3_000);
const longestHistory = 100;

test(`no history of moves loses what nobody gave up, and each can be brought to its end (${wantedSteps} steps)`, async () => {
  let steps = 0;
  while (steps < wantedSteps) {
    await fc.assert(
      fc.asyncProperty(setups, histories(longestHistory), async (setup, commands) => {
        const history = await createHistory(setup);
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: history }), commands);
          await endFaults(history);
          await bringToRest(history);
        } finally {
          steps += history.world.steps;
          history.world.close();
        }
      }),
      { numRuns: 10 },
    );
  }
  expect(steps).toBeGreaterThanOrEqual(wantedSteps);
});
