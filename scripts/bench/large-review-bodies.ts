import { demotion } from './reviews.ts';

type Filled = { metadata: { annotations: Record<string, string>; managedFields: unknown[] }; spec: object };

const perField = 32;

/** As large as an object with much history gets: managed fields of many managers. */
const manyFields = (bytes: number): unknown[] => [
  {
    manager: 'someone',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: Object.fromEntries(
      Array.from({ length: bytes / perField }, (_, index) => [
        `f:field-${String(index).padStart(10, '0')}`,
        { 'f:a': {} },
      ]),
    ),
  },
];

/** An update of about so many bytes: half in each of its objects. */
const updateWith = (bytes: number, fill: (object: Filled, half: number) => void): Buffer => {
  const review = demotion(0, 2_000);
  const { object, oldObject } = review.request as unknown as { object: Filled; oldObject: Filled };
  for (const one of [object, oldObject]) fill(one, bytes / 2);
  return Buffer.from(JSON.stringify(review));
};

/** Large reviews by what fills them. The last is what nobody's API server sends, but whoever reaches the port can. */
export const largeReviews = (bytes: number): [string, Buffer][] => [
  [
    'one long annotation',
    updateWith(bytes, ({ metadata }, half) => {
      metadata.annotations['example.com/notes'] = 'n'.repeat(half);
    }),
  ],
  [
    'many managed fields',
    updateWith(bytes, ({ metadata }, half) => {
      metadata.managedFields = manyFields(half * 0.99);
    }),
  ],
  [
    'empty lists only',
    updateWith(bytes, (object, half) => {
      object.spec = { ...object.spec, more: Array.from({ length: half / 3 }, () => []) };
    }),
  ],
];
