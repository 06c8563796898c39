import { known, unknown } from '../../../../core/model/reading.ts';
import { creation, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const missing = (...elsewhere: string[]) => ({ claim: known(undefined), elsewhere: known(elsewhere) });

judgeCases('DR103', [
  { title: 'the claim is there', given: creation(), passes: true },
  {
    title: 'the claim is in another namespace, which is named',
    given: creation(missing('store')),
    refused: [
      'claim shop/db does not exist; one of that name is in namespace store',
      'A VolumeReplication finds claims in its own namespace only',
      'kubectl -n store get pvc db',
    ],
  },
  {
    title: 'claims of the name are in several namespaces',
    given: creation(missing('store', 'test')),
    refused: ['one of that name is in namespaces store, test', 'kubectl -n shop get pvc'],
  },
  {
    title: 'the claim is nowhere',
    given: creation(missing()),
    refused: ['nor does another namespace have one of that name', 'kubectl -n shop get pvc'],
  },
  {
    title: 'the claim is not here, and where else it may be is unknown',
    given: creation({ claim: known(undefined), elsewhere: unknown('not synced') }),
    refused: ['whether another namespace has one is unknown (not synced)'],
  },
  {
    title: 'whether the claim is there is unknown: refused',
    given: creation({ claim: unknown('not synced') }),
    refused: ['cannot tell whether claim shop/db exists (not synced)'],
  },
  {
    title: 'a claim name that is no plain word is quoted in the command',
    given: creation({ ...missing('store'), claimName: 'a b;c' }),
    refused: [`kubectl -n store get pvc 'a b;c'`],
  },
  {
    title: 'a replica needs its claim as well',
    given: creation(missing(), { after: wish('secondary') }),
    refused: ['claim shop/db does not exist'],
  },
  {
    title: 'the claim went away before the promotion',
    given: promotion(missing()),
    refused: ['claim shop/db does not exist'],
  },
  {
    title: 'a demotion goes on without its claim',
    given: promotion(missing(), { before: wish('primary'), after: wish('secondary') }),
    passes: true,
  },
  { title: 'a group whose selector finds no claim yet', given: group([]), passes: true },
  {
    title: 'a group one of whose claims is gone',
    given: group([{}, missing()]),
    refused: ['claim shop/db-1 does not exist', 'A VolumeGroupReplication finds claims'],
  },
]);
