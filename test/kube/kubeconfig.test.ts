import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DrError } from '../../core/model/error.ts';
import { connect } from '../../kube/connect.ts';
import { inClusterKubeconfig } from '../../kube/in-cluster.ts';
import { contextExtension, loadKubeconfig, resolveContext } from '../../kube/kubeconfig.ts';

const directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

const site = (name: string, server: string): string => `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
- name: ${name}
  cluster: {server: "${server}", certificate-authority: ca.crt}
users:
- name: ${name}
  user: {token: secret-${name}}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
    namespace: apps
    extensions:
    - name: kubectl-dr.dev/peer
      extension: {context: other}
`;

const thrownBy = (action: () => unknown): DrError => {
  try {
    action();
  } catch (error) {
    if (error instanceof DrError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const load = (path: string) => loadKubeconfig({ env: {}, home: undefined, kubeconfig: path });

describe('which file is read', () => {
  const first = file('first', site('one', 'https://one:6443'));
  const second = file('second', site('one', 'https://stranger:6443'));
  const third = file('third', site('two', 'https://two:6443'));

  test('--kubeconfig alone, whatever KUBECONFIG says', () => {
    const kubeconfig = loadKubeconfig({ env: { KUBECONFIG: third }, home: undefined, kubeconfig: first });
    expect(kubeconfig.files).toEqual([first]);
  });

  test('all files of KUBECONFIG: the first entry of a name wins, and the first current context', () => {
    const env = { KUBECONFIG: [first, join(directory, 'missing'), second, third].join(':') };
    const kubeconfig = loadKubeconfig({ env, home: undefined });
    expect(kubeconfig.files).toEqual([first, second, third]);
    expect(kubeconfig.currentContext).toBe('one');
    expect(kubeconfig.contexts.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(resolveContext(kubeconfig).cluster.server).toBe('https://one:6443');
  });

  test('~/.kube/config where nothing is named', () => {
    const home = join(directory, 'home');
    mkdirSync(join(home, '.kube'), { recursive: true });
    writeFileSync(join(home, '.kube', 'config'), site('home', 'https://home:6443'));
    expect(loadKubeconfig({ env: {}, home }).currentContext).toBe('home');
  });

  test('none: the error names what was looked for', () => {
    const missing = join(directory, 'nowhere');
    const error = thrownBy(() => loadKubeconfig({ env: { KUBECONFIG: missing }, home: undefined }));
    expect(error.code).toBe('KubeconfigNotFound');
    expect(error.message).toContain(missing);
  });
});

describe('what is read', () => {
  test('file names are meant from the file that holds them', () => {
    const { cluster } = resolveContext(load(file('relative', site('one', 'https://one:6443'))));
    expect(cluster.certificateAuthority).toEqual({ file: join(directory, 'ca.crt') });
  });

  test('extensions of a context are kept', () => {
    const { context } = resolveContext(load(file('extensions', site('one', 'https://one:6443'))));
    expect(contextExtension(context, 'kubectl-dr.dev/peer')).toEqual({ context: 'other' });
    expect(contextExtension(context, 'nothing')).toBeUndefined();
  });

  test('JSON is read as well as YAML', () => {
    const text = JSON.stringify({
      'current-context': 'j',
      contexts: [{ name: 'j', context: { cluster: 'c' } }],
    });
    expect(load(file('json', text)).currentContext).toBe('j');
  });
});

describe('what is wrong is said in one line', () => {
  test.each([
    ['broken YAML', 'contexts: [', /line 1/],
    [
      'a list where fields belong',
      'clusters:\n- name: a\n  cluster: [1]\n',
      /line 3: cluster must hold fields/,
    ],
    ['a number for a token', 'users:\n- name: a\n  user:\n    token: 5\n', /line 4: token must be text/],
    ['an entry without a name', 'contexts:\n- context: {}\n', /line 2: an entry of contexts has no name/],
    ['a name twice', 'users:\n- name: a\n- name: a\n', /line 3: users holds "a" twice/],
    ['another kind', 'kind: Pod\n', /line 1: kind is Pod/],
    ['no fields at all', 'hello\n', /must hold fields/],
  ])('%s', (name, text, message) => {
    const error = thrownBy(() => load(file(name.replaceAll(' ', '-'), text)));
    expect(error.code).toBe('KubeconfigInvalid');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  test('without a home directory there is no default, and that is said', () => {
    const error = thrownBy(() => loadKubeconfig({ env: {}, home: undefined }));
    expect(error).toMatchObject({
      code: 'KubeconfigNotFound',
      message: 'no kubeconfig found: HOME is not set',
    });
  });

  test('an unknown context lists those there are', () => {
    const error = thrownBy(() => resolveContext(load(file('unknown', site('one', 'https://one'))), 'nine'));
    expect(error).toMatchObject({ code: 'ContextNotFound', hint: 'contexts there: one' });
  });

  test('a file without a current context asks for one', () => {
    const text = site('one', 'https://one').replace('current-context: one\n', '');
    const error = thrownBy(() => resolveContext(load(file('no-current', text))));
    expect(error).toMatchObject({
      code: 'ContextNotFound',
      message: expect.stringMatching(/no context is chosen/),
    });
  });

  test.each([
    ['a cluster that is not there', 'cluster: one\n', 'cluster: gone\n', /names cluster "gone"/],
    ['a user that is not there', 'user: one\n', 'user: gone\n', /names user "gone"/],
    [
      'two ways to trust the server',
      'server:',
      'insecure-skip-tls-verify: true, server:',
      /both certificate-authority/,
    ],
  ])('a context with %s', (name, from, to, message) => {
    const text = site('one', 'https://one').replace(from, to);
    const kubeconfig = load(file(name.replaceAll(' ', '-'), text));
    expect(thrownBy(() => resolveContext(kubeconfig))).toMatchObject({
      code: 'KubeconfigInvalid',
      message: expect.stringMatching(message),
    });
  });

  test('a server that is no address', () => {
    const kubeconfig = load(file('odd-server', site('one', 'ftp://one')));
    expect(thrownBy(() => connect({ kubeconfig }))).toMatchObject({ code: 'KubeconfigInvalid' });
  });

  test('groups to impersonate without a user', () => {
    const kubeconfig = load(file('groups', site('one', 'https://one')));
    const error = thrownBy(() => connect({ kubeconfig, impersonate: { groups: ['admins'] } }));
    expect(error.message).toMatch(/no user/);
  });
});

describe('in a pod', () => {
  const root = join(directory, 'service-account');
  mkdirSync(root);
  writeFileSync(join(root, 'token'), 'abc');
  writeFileSync(join(root, 'namespace'), 'dr-system\n');

  test('the service account is the user, and its namespace the default', () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const resolved = resolveContext(inClusterKubeconfig({ env, root }));
    expect(resolved.cluster.server).toBe('https://[fd00::1]:443');
    expect(resolved.user.tokenFile).toBe(join(root, 'token'));
    expect(resolved.context.namespace).toBe('dr-system');
  });

  test('outside of one that is said', () => {
    expect(thrownBy(() => inClusterKubeconfig({ env: {}, root })).code).toBe('NotInCluster');
  });
});
