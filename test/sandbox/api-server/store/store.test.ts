import { describe, expect, test } from 'vitest';
import type { Change } from '../../../../sandbox/api-server/store/history.ts';
import { createStore, type Store } from '../../../../sandbox/api-server/store/store.ts';

const object = (name: string, value = '') => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, value });

const put = (store: Store, key: string, value = '') => {
  const expected = store.get('things', key)?.revision ?? 'absent';
  const stored = store.put('things', key, object(key, value), expected);
  if (stored === 'stale') throw new Error('stale');
  return stored;
};

const remove = (store: Store, key: string) => {
  const found = store.get('things', key)!;
  return store.remove('things', key, found.object, found.revision);
};

const keys = (list: readonly { key: string }[] | undefined) => list?.map(({ key }) => key);

describe('the store', () => {
  test('gives each write the next revision and writes it into the object', () => {
    const store = createStore({ historyWindow: 10 });
    const first = put(store, 'a/x');
    const second = put(store, 'a/y');
    expect(second.revision).toBe(first.revision + 1);
    expect(second.object.metadata.resourceVersion).toBe(String(second.revision));
    expect(JSON.parse(second.json)).toEqual(second.object);
  });

  test('lists by key, a namespace alone where asked, neighbours with a common prefix left out', () => {
    const store = createStore({ historyWindow: 10 });
    for (const key of ['b/z', 'a/x', 'a-b/x', 'a/a', '/cluster']) put(store, key);
    expect(keys(store.list('things'))).toEqual(['/cluster', 'a-b/x', 'a/a', 'a/x', 'b/z']);
    expect(keys(store.list('things', 'a'))).toEqual(['a/a', 'a/x']);
    expect(keys(store.list('others'))).toEqual([]);
  });

  test('refuses a write that expects another revision', () => {
    const store = createStore({ historyWindow: 10 });
    const { revision } = put(store, 'a/x');
    put(store, 'a/x', 'changed');
    expect(store.put('things', 'a/x', object('x'), revision)).toBe('stale');
    expect(store.put('things', 'a/x', object('x'), 'absent')).toBe('stale');
    expect(store.remove('things', 'a/x', object('x'), revision)).toBe('stale');
  });

  test('tells listeners what happened, with what was there before', () => {
    const store = createStore({ historyWindow: 10 });
    const heard: string[] = [];
    const note = ({ type, previous, stored }: Change) =>
      heard.push(`${type} ${stored.object['value']} after ${previous?.object['value']}`);
    const stop = store.subscribe('things', note);
    put(store, 'a/x', 'one');
    put(store, 'a/x', 'two');
    remove(store, 'a/x');
    stop();
    put(store, 'a/x', 'three');
    expect(heard).toEqual(['ADDED one after undefined', 'MODIFIED two after one', 'DELETED two after two']);
  });

  test('shows a list as it was at an earlier revision', () => {
    const store = createStore({ historyWindow: 10 });
    put(store, 'a/x', 'one');
    const { revision } = put(store, 'a/y', 'one');
    put(store, 'a/x', 'two');
    put(store, 'a/w', 'new');
    remove(store, 'a/y');
    const then = store.listAt('things', revision);
    expect(then?.map(({ key, object: { value } }) => `${key} ${value}`)).toEqual(['a/x one', 'a/y one']);
    expect(keys(store.list('things'))).toEqual(['a/w', 'a/x']);
  });

  test('forgets what lies behind the window, and says so', () => {
    const store = createStore({ historyWindow: 3 });
    const { revision } = put(store, 'a/x', '0');
    for (let count = 1; count <= 20; count++) put(store, 'a/x', String(count));
    expect(store.changesSince('things', revision)).toBeUndefined();
    expect(store.listAt('things', revision)).toBeUndefined();
    expect(store.changesSince('things', store.revision() - 3)).toHaveLength(3);
    expect(store.changesSince('things', store.revision())).toEqual([]);
  });
});
