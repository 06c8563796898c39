import type { Io } from '../../io.ts';
import { jsonLine } from '../../output/document.ts';
import type { GroupState } from '../group-state.ts';
import { leftText, type Progress, restoredText, waitText } from './progress.ts';

/** One JSON document for each event, a line each. Names are stable. */
export const jsonProgress = (verb: string, io: Pick<Io, 'stdout' | 'now'>): Progress => {
  const startedAt = io.now();
  const waits = new Map<GroupState, string>();
  const print = (type: string, fields: Readonly<Record<string, unknown>>): void => {
    const now = io.now();
    const document = {
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'Event',
      time: new Date(now).toISOString(),
      verb,
      type,
      group: null,
      step: null,
      site: null,
      object: null,
      message: '',
      code: null,
      nextCommand: null,
      ...fields,
      elapsedSeconds: Math.round((now - startedAt) / 100) / 10,
    };
    io.stdout.line(jsonLine(document));
  };
  return {
    tell: ({ type, group, site, object, message, code, next }) =>
      print(type, {
        group: group ?? null,
        site,
        object: object === undefined ? null : { namespace: null, ...object },
        message,
        code: code ?? null,
        nextCommand: next ?? null,
      }),
    stepStarted: (state, { kind }) =>
      print('StepStarted', {
        group: state.group.name,
        step: kind.name,
        site: state.current?.site ?? null,
        message: kind.title,
      }),
    stepDone: (state, current, tookMs) =>
      print('StepDone', {
        group: state.group.name,
        step: current.name,
        site: current.site,
        message: restoredText(current),
        tookSeconds: Math.round(tookMs / 100) / 10,
      }),
    stepLeft: (state, { name, site }, why) =>
      print('StepLeft', { group: state.group.name, step: name, site, message: leftText(why) }),
    looked: (state, step) => {
      const message = waitText(step);
      if (message === '' || waits.get(state) === message) return;
      waits.set(state, message);
      print('Waiting', {
        group: state.group.name,
        step: step.kind.name,
        site: state.current?.site ?? null,
        message,
      });
    },
    ended: () => undefined,
    pause: () => undefined,
  };
};
