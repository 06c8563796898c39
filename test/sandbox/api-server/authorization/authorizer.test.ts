import { describe, expect, test } from 'vitest';
import { type AccessAttributes, refusalOf } from '../../../../sandbox/api-server/authorization/attributes.ts';
import { createAuthorizer } from '../../../../sandbox/api-server/authorization/authorizer.ts';
import { createStore } from '../../../../sandbox/api-server/store/store.ts';

const store = createStore({ historyWindow: 10 });

const add = (kind: string, plural: string, namespace: string, name: string, rest: object) =>
  store.put(
    `${plural}.rbac.authorization.k8s.io`,
    `${namespace}/${name}`,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name, ...(namespace ? { namespace } : {}) },
      ...rest,
    },
    'absent',
  );
const clusterRole = (name: string, ...rules: object[]) =>
  add('ClusterRole', 'clusterroles', '', name, { rules });
const role = (namespace: string, name: string, ...rules: object[]) =>
  add('Role', 'roles', namespace, name, { rules });
const bind = (namespace: string, name: string, roleRef: object, ...subjects: object[]) =>
  add(
    namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    namespace ? 'rolebindings' : 'clusterrolebindings',
    namespace,
    name,
    { roleRef, subjects },
  );

clusterRole('reader', { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] });
clusterRole('one', { apiGroups: [''], resources: ['secrets'], resourceNames: ['key'], verbs: ['get'] });
clusterRole('all-status', { apiGroups: ['*'], resources: ['*/status'], verbs: ['*'] });
clusterRole('paths', { nonResourceURLs: ['/metrics', '/debug/*'], verbs: ['get'] });
role('n', 'writer', { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] });
bind('', 'reader-ann', { kind: 'ClusterRole', name: 'reader' }, { kind: 'User', name: 'ann' });
bind('', 'one-group', { kind: 'ClusterRole', name: 'one' }, { kind: 'Group', name: 'keepers' });
bind('', 'paths-ann', { kind: 'ClusterRole', name: 'paths' }, { kind: 'User', name: 'ann' });
bind(
  '',
  'status-sa',
  { kind: 'ClusterRole', name: 'all-status' },
  { kind: 'ServiceAccount', namespace: 'n', name: 'bot' },
);
bind('n', 'writer-bob', { kind: 'Role', name: 'writer' }, { kind: 'User', name: 'bob' });
bind('n', 'reader-bob', { kind: 'ClusterRole', name: 'reader' }, { kind: 'User', name: 'bob' });
bind('n', 'dangling', { kind: 'Role', name: 'missing' }, { kind: 'User', name: 'eve' });

const authorizer = createAuthorizer(store);

const asking = (user: string, verb: string, what: string, namespace = '', name = ''): AccessAttributes => {
  const [called = '', group = ''] = what.split('@');
  const [resource = '', subresource = ''] = called.split('/');
  const groups = user === 'kim' ? ['keepers'] : user === 'root' ? ['system:masters'] : [];
  return {
    type: 'resource',
    caller: { name: user, groups },
    verb,
    group,
    resource,
    subresource,
    namespace,
    name,
  };
};

describe('the authorizer', () => {
  test.each([
    ['a cluster binding holds in every namespace', asking('ann', 'list', 'pods', 'n'), true],
    ['and across all of them', asking('ann', 'list', 'pods'), true],
    ['only for its verbs', asking('ann', 'delete', 'pods', 'n'), false],
    ['a subresource is another resource', asking('ann', 'get', 'pods/log', 'n'), true],
    ['that has to be named', asking('ann', 'get', 'pods/exec', 'n'), false],
    ['a name in the rule admits that object', asking('kim', 'get', 'secrets', 'n', 'key'), true],
    ['and no other', asking('kim', 'get', 'secrets', 'n', 'other'), false],
    ['nor a list of them', asking('kim', 'get', 'secrets', 'n'), false],
    [
      'a service account is its user name',
      asking('system:serviceaccount:n:bot', 'update', 'volumes/status@x.io', 'm'),
      true,
    ],
    [
      'a pattern of subresources leaves the object alone',
      asking('system:serviceaccount:n:bot', 'update', 'volumes@x.io'),
      false,
    ],
    ['a role holds in its namespace', asking('bob', 'create', 'deployments@apps', 'n'), true],
    ['and in no other', asking('bob', 'create', 'deployments@apps', 'm'), false],
    ['a cluster role bound in a namespace holds there', asking('bob', 'get', 'pods', 'n'), true],
    ['and not at the scope of the cluster', asking('bob', 'get', 'pods'), false],
    ['a group is not another', asking('bob', 'get', 'deployments@extensions', 'n'), false],
    ['a role that is not there gives nothing', asking('eve', 'get', 'pods', 'n'), false],
    ['masters may do everything', asking('root', 'delete', 'anything@any.io', 'n'), true],
  ])('%s', (_, attributes, allowed) => {
    expect(authorizer.decide(attributes).allowed).toBe(allowed);
  });

  test.each([
    ['/metrics', true],
    ['/debug/pprof', true],
    ['/metrics/more', false],
  ])('path %s for a role of paths: %s', (path, allowed) => {
    const caller = { name: 'ann', groups: [] };
    expect(authorizer.decide({ type: 'path', caller, verb: 'get', path }).allowed).toBe(allowed);
  });

  test('says by which binding something is allowed', () => {
    expect(authorizer.decide(asking('bob', 'get', 'pods', 'n')).reason).toBe(
      'RBAC: allowed by RoleBinding "reader-bob/n" of ClusterRole "reader"',
    );
  });

  test('words a refusal as kube-apiserver does', () => {
    expect(
      refusalOf(asking('x', 'list', 'volumereplications@replication.storage.openshift.io', 'default')),
    ).toBe(
      'User "x" cannot list resource "volumereplications" in API group "replication.storage.openshift.io" in the namespace "default"',
    );
    expect(refusalOf(asking('x', 'patch', 'nodes/status'))).toBe(
      'User "x" cannot patch resource "nodes/status" in API group "" at the cluster scope',
    );
  });
});
