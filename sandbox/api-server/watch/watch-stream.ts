import type { Reply, StreamWriter } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import { collectionOf, type Target } from '../objects/target.ts';
import { viewOf } from '../objects/view.ts';
import type { Selection } from '../selection/selection.ts';
import type { Change } from '../store/history.ts';
import type { Store } from '../store/store.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Presentation } from '../table/presentation.ts';
import { createLineWriter, type LineWriter, seenBy } from './watch-line.ts';
import type { WatchPlan } from './watch-plan.ts';

/** All that one watch is about. */
export type Watch = {
  store: Store;
  target: Target;
  selection: Selection;
  plan: WatchPlan;
  presentation: Presentation;
  bookmarkEveryMs: number;
  /** Calls `end` when the kind is served no more; answers how to stop listening for that. */
  onKindGone: (end: () => void) => () => void;
};

/** A client that takes nothing any more is let go; it comes back and lists again. */
const pendingLimit = 64 * 1024 * 1024;

const isWithin = ({ key }: StoredObject, namespace: string | undefined): boolean =>
  namespace === undefined || key.startsWith(`${namespace}/`);

const expired = (from: number, oldest: number) =>
  failures.expired(`too old resource version: ${from} (${oldest})`).body;

type Delivery = {
  lines: LineWriter;
  writer: StreamWriter;
  selects: (stored: StoredObject) => boolean;
};

const deliver = ({ lines, writer, selects }: Delivery, change: Change): void => {
  const seen = seenBy(change, selects);
  if (seen === undefined) return;
  writer.write(lines.event(seen.type, seen.stored));
  if (writer.pending() > pendingLimit) writer.end();
};

/** What happened between the revision the client knows and now; false where that is forgotten. */
const replay = ({ store, target, plan }: Watch, delivery: Delivery): boolean => {
  if (plan.from === undefined) return true;
  const changes = store.changesSince(collectionOf(target.kind), plan.from);
  if (changes === undefined) {
    delivery.writer.write(delivery.lines.error(expired(plan.from, store.revision())));
    return false;
  }
  for (const change of changes) if (isWithin(change.stored, target.namespace)) deliver(delivery, change);
  return true;
};

const sendInitial = ({ store, target, plan }: Watch, { lines, writer, selects }: Delivery): void => {
  if (plan.initial)
    for (const stored of store.list(collectionOf(target.kind), target.namespace))
      if (selects(stored)) writer.write(lines.event('ADDED', stored));
  if (plan.marksInitialEnd) writer.write(lines.bookmark(store.revision(), true));
};

/** Tells the changes from now on, until the client goes or the time is up; answers how to stop. */
const follow = (watch: Watch, delivery: Delivery): (() => void) => {
  const { store, target, plan } = watch;
  const { writer, lines } = delivery;
  const unsubscribe = store.subscribe(collectionOf(target.kind), (change) => {
    // A watch from a revision of the future hears nothing of what comes before it.
    if (plan.from !== undefined && change.stored.revision <= plan.from) return;
    if (isWithin(change.stored, target.namespace)) deliver(delivery, change);
  });
  const mark = () => writer.write(lines.bookmark(store.revision(), false));
  const bookmarks = plan.bookmarks ? setInterval(mark, watch.bookmarkEveryMs) : undefined;
  const finish = () => {
    // So the client knows how far it is, however quiet it was.
    if (plan.bookmarks) mark();
    writer.end();
  };
  const timeout = setTimeout(finish, Math.min(plan.timeoutMs, 2 ** 31 - 1));
  const unsubscribeKind = watch.onKindGone(() => writer.end());
  return () => {
    unsubscribe();
    unsubscribeKind();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  };
};

/** The answer to a watch: one JSON document a line. */
export const watchReply = (watch: Watch): Reply => ({
  type: 'stream',
  status: 200,
  contentType: 'application/json',
  open: (writer) => {
    const { kind } = watch.target;
    const { all, matches } = watch.selection;
    const delivery: Delivery = {
      lines: createLineWriter(kind, watch.presentation),
      writer,
      selects: (stored) => all || matches(viewOf(kind, stored)),
    };
    if (!replay(watch, delivery)) {
      writer.end();
      return () => undefined;
    }
    sendInitial(watch, delivery);
    return follow(watch, delivery);
  },
});
