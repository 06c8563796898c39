import { describe, expect, it } from 'vitest';
import { findPeerContext, type PeerSources } from '../../../plugin/pair/find-peer.ts';

const nothing: PeerSources = {
  flag: undefined,
  environment: undefined,
  configured: {},
  extension: undefined,
};
const everything: PeerSources = {
  flag: 'by-flag',
  environment: 'by-environment',
  configured: { east: 'by-file' },
  extension: { context: 'by-kubeconfig' },
};

describe('the context of the other site', () => {
  it.each([
    { title: 'comes from the flag first', sources: everything, peer: 'by-flag' },
    {
      title: 'then from the environment',
      sources: { ...everything, flag: undefined },
      peer: 'by-environment',
    },
    {
      title: "then from the user's settings",
      sources: { ...everything, flag: undefined, environment: '' },
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
      sources: { ...everything, flag: undefined, environment: 'east' },
      peer: 'by-file',
    },
    {
      title: 'is not read from a strange extension',
      sources: { ...nothing, extension: 'west' },
      peer: undefined,
    },
  ])('$title', ({ sources, peer }) => {
    expect(findPeerContext('east', sources)).toBe(peer);
  });
});
