import { describe, expect, it } from 'vitest';
import { nowhere, type PeerSources, peerPlaces } from '../../../plugin/pair/find-peer.ts';

const named = (context: string) => ({ ...nowhere, context });

const nothing: PeerSources = { flag: nowhere, environment: nowhere, configured: {}, extension: undefined };
const everything: PeerSources = {
  flag: named('by-flag'),
  environment: named('by-environment'),
  configured: { east: named('by-file') },
  extension: { context: 'by-kubeconfig' },
};

describe('the context of the other site', () => {
  it.each([
    { title: 'comes from the flag first', sources: everything, peer: 'by-flag' },
    { title: 'then from the environment', sources: { ...everything, flag: nowhere }, peer: 'by-environment' },
    {
      title: "then from the user's settings",
      sources: { ...everything, flag: nowhere, environment: named('') },
      peer: 'by-file',
    },
    {
      title: 'then from the kubeconfig',
      sources: { ...nothing, extension: { context: 'by-kubeconfig' } },
      peer: 'by-kubeconfig',
    },
    { title: 'and is unknown where nobody names it', sources: nothing, peer: undefined },
    {
      title: 'is never the site itself: a shared environment names both directions',
      sources: { ...everything, flag: nowhere, environment: named('east') },
      peer: 'by-file',
    },
    {
      title: 'is not read from a strange extension',
      sources: { ...nothing, extension: 'west' },
      peer: undefined,
    },
  ])('$title', ({ sources, peer }) => {
    expect(peerPlaces('east', sources)[0]?.context).toBe(peer);
  });
});

describe('the kubeconfig of the other site', () => {
  const file = (kubeconfig: string, context?: string) => ({ kubeconfig, context });
  it.each([
    {
      title: 'may have a context of the same name in it',
      sources: { ...nothing, flag: file('w.conf', 'east') },
      place: file('w.conf', 'east'),
    },
    {
      title: 'goes by its own current context where none is named',
      sources: { ...everything, flag: file('w.conf') },
      place: file('w.conf'),
    },
    {
      title: 'comes from the environment, and the context from the flag',
      sources: { ...nothing, flag: named('west'), environment: file('env.conf', 'other') },
      place: file('env.conf', 'west'),
    },
    {
      title: "comes from the user's settings",
      sources: { ...nothing, configured: { east: file('/set.conf', 'west') } },
      place: file('/set.conf', 'west'),
    },
  ])('$title', ({ sources, place }) => {
    expect(peerPlaces('east', sources)[0]).toEqual(place);
  });
});
