/** `metav1.StatusCause.reason` of a failed validation. */
export type FieldErrorReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotFound';

/** One finding of validation, worded as a kube-apiserver words it (`message` without the field). */
export type FieldError = {
  reason: FieldErrorReason;
  /** `spec.dataSource.name`, `spec.resources[storage]`, or `<nil>` for the whole object. */
  field: string;
  message: string;
};
