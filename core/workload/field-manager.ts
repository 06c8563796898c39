/**
 * The name under which workloads and their managers are changed. It must not begin with `kubectl`: Flux takes what a manager of such a
 * name wrote for a change made by hand and takes it back (kustomize-controller names the manager `kubectl` for its clean-up, and
 * fluxcd/pkg/ssa compares the beginning), in an object that it applies itself as in a Kustomization that another one applies.
 */
export const workloadFieldManager = 'dr-plugin';
