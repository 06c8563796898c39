import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { flag, text } from './columns.ts';
import { field, type InternalType, internalForm } from './internal-form.ts';
import { isSubdomain, notASubdomain } from './name-checks.ts';
import { read, recordAt, textAt } from './reading.ts';

const spec: InternalType = [
  field('Attacher', 'attacher', ''),
  field('Source', 'source', {}, [
    field('PersistentVolumeName', 'persistentVolumeName'),
    field('InlineVolumeSpec', 'inlineVolumeSpec'),
  ]),
  field('NodeName', 'nodeName', ''),
];

const validate = (attachment: KubernetesObject): FieldError[] => {
  const source = recordAt(attachment, 'spec', 'source');
  const sources = ['inlineVolumeSpec', 'persistentVolumeName'].filter((name) => source[name] !== undefined);
  const nodeName = textAt(attachment, 'spec', 'nodeName');
  return [
    ...(textAt(attachment, 'spec', 'attacher') === '' ? [findings.required('spec.attacher')] : []),
    ...(sources.length === 1
      ? []
      : [
          findings.required(
            'spec.source',
            'must specify exactly one of inlineVolumeSpec and persistentVolumeName',
          ),
        ]),
    ...(isSubdomain(nodeName) ? [] : [findings.invalid('spec.nodeName', nodeName, notASubdomain)]),
  ];
};

const validateChange = (attachment: KubernetesObject, old: KubernetesObject): FieldError[] =>
  sameJson(read(attachment, 'spec'), read(old, 'spec'))
    ? []
    : [
        {
          reason: 'FieldValueInvalid',
          field: 'spec',
          message: `Invalid value: ${JSON.stringify(internalForm(read(attachment, 'spec'), spec))}: field is immutable`,
        },
      ];

/** VolumeAttachments: which node a volume is attached to. */
export const volumeAttachments: Kind = builtInKind(resources.volumeAttachments, {
  status: true,
  create: (attachment) => ({ ...attachment, status: { attached: false } }),
  validate,
  validateChange,
  columns: [
    { ...text('Attacher', (attachment) => textAt(attachment, 'spec', 'attacher')), format: 'name' },
    text('PV', (attachment) => textAt(attachment, 'spec', 'source', 'persistentVolumeName')),
    text('Node', (attachment) => textAt(attachment, 'spec', 'nodeName')),
    flag('Attached', (attachment) => read(attachment, 'status', 'attached') === true),
  ],
});
