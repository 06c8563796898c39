import { type ApiRequest, jsonReply, type Reply } from '../http/exchange.ts';
import { createOpenApiDocuments, type KindSource } from './documents.ts';

/** What kubectl accepts for version 2, and only that. */
const protobufAccepted = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** The same in an answer: `@` may not stand in a media type, and Go's parser insists on that. */
const protobufSent = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const wantsProtobuf = ({ headers }: ApiRequest): boolean => (headers.accept ?? '').includes(protobufAccepted);

/** Answers what is asked below `/openapi`; undefined for any other path and for a group version that is not served. */
export const createOpenApi = (kinds: KindSource): ((request: ApiRequest) => Reply | undefined) => {
  const documents = createOpenApiDocuments(kinds);
  const answerV2 = (request: ApiRequest): Reply =>
    wantsProtobuf(request)
      ? { type: 'whole', status: 200, contentType: protobufSent, body: Buffer.from(documents.v2Protobuf()) }
      : jsonReply(200, documents.v2().json);
  return (request) => {
    const path = request.path.replace(/\/$/, '');
    if (path === '/openapi/v2') return answerV2(request);
    if (path === '/openapi/v3') return jsonReply(200, documents.v3Root());
    const groupVersion = /^\/openapi\/v3\/(.+)$/.exec(path)?.[1];
    const document = groupVersion === undefined ? undefined : documents.v3(groupVersion);
    if (document === undefined) return undefined;
    // The hash is part of the address: the same address is always the same document.
    const headers = { etag: `"${document.hash}"`, 'cache-control': 'public, max-age=31536000, immutable' };
    return jsonReply(200, document.json, request.query.has('hash') ? { headers } : {});
  };
};
