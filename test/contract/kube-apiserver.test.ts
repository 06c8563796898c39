import { describeRecording } from './kube-apiserver/describe-recording.ts';

// Volumes that are bound, lost and taken; VolumeReplications; watches; webhooks: what kube-apiserver 1.36 and its controllers
// answered. The embedded server answers all of it alike.
describeRecording('kube-apiserver-1.36', { controllers: true, differs: {} });
