import { describeRecording } from './kube-apiserver/describe-recording.ts';

// Defaults, refusals and columns of every kind that the sandbox serves, and of kinds that a CRD makes.
describeRecording('kube-apiserver-1.36-kinds', { controllers: false, differs: {} });
