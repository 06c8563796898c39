import { describeRecording } from './kube-apiserver/describe-recording.ts';

// Objects that were written for kubernetes-csi-addons, and what our CRDs refuse: the same on a real server and on ours.
describeRecording('kube-apiserver-1.36-crds', { controllers: false, differs: {} });
