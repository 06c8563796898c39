import { describeRecording } from './kube-apiserver/describe-recording.ts';

const atOnce =
  'a definition is established before it is answered; a kube-apiserver establishes it a moment later';
const celWords = 'the CEL library has its own words and no caret under the place';

// Defaults, refusals and columns of every kind that the sandbox serves, and of kinds that a CRD makes.
describeRecording('kube-apiserver-1.36-kinds', {
  controllers: false,
  differs: {
    'endpoints as a table': 'deprecations are told to those who write, not to those who read',
    'claim: text for a list':
      'the schemas do not know the Go names of types, here PersistentVolumeAccessMode',
    'pod: another node': 'the diff of the internal type of a pod is left out; its first line is the same',
    'daemon sets as a table':
      'a kube-apiserver keeps the template generation in a field of its internal type, so rows lack the annotation',
    'CRD: a rule that knows no field': celWords,
    'CRD: a rule that does not parse': celWords,
    'CRD with all columns': atOnce,
    'CRD without columns': atOnce,
  },
});
