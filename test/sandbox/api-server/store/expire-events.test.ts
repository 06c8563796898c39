import { expect, test } from 'vitest';
import { dropOldEvents } from '../../../../sandbox/api-server/store/expire-events.ts';
import { createStore } from '../../../../sandbox/api-server/store/store.ts';

test('an event goes an hour after it was last seen, however old it is', () => {
  const store = createStore({ historyWindow: 10 });
  const add = (name: string, fields: object) =>
    store.put(
      'events',
      `n/${name}`,
      { metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z' }, ...fields },
      'absent',
    );
  add('old', {});
  add('repeated', { lastTimestamp: '2026-01-01T02:30:00Z' });
  add('series', { series: { lastObservedTime: '2026-01-01T02:30:00.000000Z' } });
  dropOldEvents(store, Date.parse('2026-01-01T00:59:59Z'));
  expect(store.size('events')).toBe(3);
  dropOldEvents(store, Date.parse('2026-01-01T03:00:00Z'));
  expect(store.list('events').map(({ key }) => key)).toEqual(['n/repeated', 'n/series']);
});
