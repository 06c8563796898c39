import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { announcedBytes, createBodyBudget } from '../../../webhook/server/body-budget.ts';
import { longestBody, smallBody } from '../../../webhook/server/read-body.ts';
import { appUnderTest } from './app-under-test.ts';
import { review } from './reviews.ts';

const large = smallBody + 1;
const guard = '/validate/guard';

describe('room for bodies', () => {
  test('is given until it is used up, and again once it was given back', () => {
    const { take } = createBodyBudget({ large: 2 * large, small: 10 });
    const [first, second] = [take(large), take(large)];
    expect([first, second]).not.toContain(undefined);
    expect(take(large)).toBeUndefined();
    first?.();
    expect(take(large)).toBeDefined();
  });

  test('is never taken from small ones by large ones, nor the other way round', () => {
    const { take } = createBodyBudget({ large: large, small: 10 });
    take(large);
    expect(take(10)).toBeDefined();
    expect(take(1)).toBeUndefined();
  });

  test('is there for a single one, however long', () => {
    expect(createBodyBudget({ large: 1, small: 1 }).take(longestBody)).toBeDefined();
  });

  test.each([
    ['5', 5],
    ['0', 0],
    [String(longestBody + 1), longestBody],
    ['-1', longestBody],
    ['x', longestBody],
    [undefined, longestBody],
  ])('is asked for by a length of %j as %d bytes', (length, bytes) => {
    expect(announcedBytes({ headers: { 'content-length': length } })).toBe(bytes);
  });
});

describe('a review that there is no room for', () => {
  const withoutRoom = () => appUnderTest({}, undefined, { take: () => undefined });

  test.each([10, 2 * large])(
    'gets no verdict, is counted, and may be sent again (%d bytes)',
    async (bytes) => {
      const { app, metric, facts } = withoutRoom();
      const answer = await request(app)
        .post(guard)
        .set('Content-Type', 'application/json')
        .send(JSON.stringify(review({ padding: 'x'.repeat(bytes) })));
      expect(answer.status).toBe(429);
      expect(answer.headers).toMatchObject({ 'retry-after': '1' });
      expect(await metric('dr_webhook_rejected_requests_total{status="429"}')).toBe(1);
      expect(facts.asked).toEqual([]);
    },
  );

  test('leaves room as it was, and so does one that was judged or could not be read', async () => {
    const held: number[] = [];
    const bodies = {
      take: (bytes: number) => {
        held.push(bytes);
        return () => void held.splice(held.indexOf(bytes), 1);
      },
    };
    const { send } = appUnderTest({}, undefined, bodies);
    expect((await send(guard, review())).status).toBe(200);
    expect((await send(guard, [])).status).toBe(400);
    expect(held).toEqual([]);
  });

  test('is not among few, and among many no more are read than there is room for', async () => {
    let [now, most] = [0, 0];
    const budget = createBodyBudget({ large: 3 * large, small: 10 });
    const bodies = {
      take: (bytes: number) => {
        const giveBack = budget.take(bytes);
        if (giveBack === undefined) return undefined;
        now += 1;
        most = Math.max(most, now);
        return () => {
          now -= 1;
          giveBack();
        };
      },
    };
    const { app } = appUnderTest({}, undefined, bodies);
    const server = app.listen(0);
    try {
      const body = JSON.stringify(review({ padding: 'x'.repeat(large - 5_000) })).padEnd(large);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () =>
          request(server).post(guard).set('Content-Type', 'application/json').send(body),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toContain(200);
      expect(statuses.every((status) => status === 200 || status === 429)).toBe(true);
      expect(most).toBeLessThanOrEqual(3);
      expect(now).toBe(0);
    } finally {
      server.close();
    }
  });
});
