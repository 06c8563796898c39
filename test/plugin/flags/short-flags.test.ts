import { describe, expect, it } from 'vitest';
import { expandShortFlags } from '../../../plugin/flags/short-flags.ts';

describe('groups of one-letter flags', () => {
  it.each([
    { typed: ['status', '-owide'], means: ['status', '-o', 'wide'] },
    { typed: ['-Aowide'], means: ['-A', '-o', 'wide'] },
    { typed: ['-Aw'], means: ['-A', '-w'] },
    { typed: ['-nkube-system'], means: ['-n', 'kube-system'] },
    { typed: ['-v=6'], means: ['-v', '6'] },
    { typed: ['-o', 'json'], means: ['-o', 'json'] },
    { typed: ['-ojsonpath={.items[*].a-b}'], means: ['-o', 'jsonpath={.items[*].a-b}'] },
    { typed: ['--output=wide', '-'], means: ['--output=wide', '-'] },
    { typed: ['write', '--', '-nothing'], means: ['write', '--', '-nothing'] },
  ])('$typed means $means', ({ typed, means }) => {
    expect(expandShortFlags(typed)).toEqual(means);
  });
});
