import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The same for all projects: then their files wait in one line, and none has to wait for the last file of another. Two also where there are
// two cores: tests wait for most of their time.
const maxWorkers = Math.max(2, availableParallelism() - 1);

// unit: pure rules and single parts. contract: the recordings of a real API server and a real CSI driver, replayed.
// model: random histories of two sites, judged by the real rules. e2e: the built executables against the sandbox. `npm test` builds first, then runs all four.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          include: ['test/{core,kube,csi,controller,plugin,sandbox,webhook}/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'model',
          maxWorkers,
          include: ['test/model/**/*.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'contract',
          maxWorkers,
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          maxWorkers,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
