// Writes manifests/webhook/registration.yaml: what `dr-webhook register` applies without flags. With --check it writes nothing and
// fails when the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { buildRegistration } from '../webhook/registration/registration.ts';

const target = fileURLToPath(new URL('../manifests/webhook/registration.yaml', import.meta.url));

const header = `# Generated from webhook/registration/ by npm run generate: what \`dr-webhook register\` applies without flags. The CA bundle is not
# here: the leader of the webhook's replicas puts it in, and applying this again leaves it there.
`;

const namespace = 'kubectl-dr';
const { guard, advice, restore } = buildRegistration({
  target: { service: { namespace, name: 'dr-webhook' } },
  guardPolicy: 'Fail',
  namespace,
  ownAccounts: [],
});
const documents = [guard, advice, restore].map((object) =>
  stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
);
const generated = header + documents.join('---\n');

if (!process.argv.includes('--check')) writeFileSync(target, generated);
else if (readFileSync(target, 'utf8') !== generated) {
  console.error('error: manifests/webhook/registration.yaml is not what would be generated now');
  process.exitCode = 1;
}
