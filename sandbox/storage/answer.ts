/** gRPC status codes by the names that ceph-csi's logs give them. */
export type AnswerCode =
  | 'OK'
  | 'Unknown'
  | 'InvalidArgument'
  | 'NotFound'
  | 'AlreadyExists'
  | 'FailedPrecondition'
  | 'Aborted'
  | 'Unimplemented'
  | 'Internal'
  | 'Unavailable';

/** A call that was not carried out; `message` is the status description. */
export type Refusal = {
  readonly code: Exclude<AnswerCode, 'OK'>;
  readonly message: string;
  readonly response: null;
};

/** A call that was carried out, or had nothing to do. */
export type Success<T> = { readonly code: 'OK'; readonly message: ''; readonly response: T };

/** What the storage answers to one call. */
export type Answer<T> = Success<T> | Refusal;

/** The answer of calls that tell nothing but that they are done. */
export type Nothing = Readonly<Record<string, never>>;

/** Answers OK with a response. */
export const succeed = <T>(response: T): Success<T> => ({ code: 'OK', message: '', response });

/** Answers OK with an empty response. */
export const done = (): Success<Nothing> => succeed({});

/** Answers with an error code and its description. */
export const refuse = (code: Refusal['code'], message: string): Refusal => ({
  code,
  message,
  response: null,
});
