/** What kube-controller-manager's volume binder writes once a claim and a volume are bound; both mean that cluster alone. */
export const binderAnnotations = {
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  bindCompleted: 'pv.kubernetes.io/bind-completed',
} as const;

/** The annotation by which a person says that a restored PV stays reserved for the claim that its claimRef names. */
export const claimRefAnnotation = 'kubectl-dr.dev/claim-ref';
