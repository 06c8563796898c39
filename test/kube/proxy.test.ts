import { expect, test } from 'vitest';
import { proxyFromEnvironment } from '../../kube/proxy.ts';

const proxy = 'http://proxy:3128';
const through = (server: string, env: Record<string, string>) => proxyFromEnvironment(new URL(server), env);

test.each([
  ['https://api.example.com:6443', { HTTPS_PROXY: proxy }],
  ['https://api.example.com:6443', { https_proxy: 'proxy:3128' }],
  ['http://api.example.com', { HTTP_PROXY: proxy }],
  ['https://api.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'other.com,ample.com,10.0.0.0/8' }],
  ['https://11.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }],
  ['https://api.example.com:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:443' }],
])('%s is reached through the proxy with %o', (server, env) => {
  expect(through(server, env)).toBe(proxy);
});

test.each([
  ['https://api.example.com', {}],
  ['https://api.example.com', { HTTP_PROXY: proxy }],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }],
  ['https://localhost', { HTTPS_PROXY: proxy }],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }],
  ['https://api.example.com', { HTTPS_PROXY: proxy, NO_PROXY: '*' }],
  ['https://api.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }],
  ['https://api.example.com', { HTTPS_PROXY: proxy, no_proxy: ' .example.com ' }],
  ['https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }],
  ['https://[fd00::5]:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/16' }],
  ['https://api.example.com:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:6443' }],
])('%s is reached directly with %o', (server, env) => {
  expect(through(server, env)).toBeUndefined();
});
