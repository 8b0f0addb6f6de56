import * as z from 'zod'
import { TOKEN_HEADER } from './contract.ts'
import * as schemas from './schemas.ts'

interface Operation {
  summary: string
  /** Who may: nobody in particular, who holds a token or is signed in, Didit, operators. */
  security?: object[]
  parameters?: object[]
  requestBody?: object
  responses: Record<string, object>
}

const HOLDER = [{ token: [] }, {}]
const OPERATOR = [{ operator: [] }]

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (description: string, name: string) => ({
  description,
  content: { 'application/json': { schema: ref(name) } },
})
const text = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: { type: 'string' } } },
})
/** Every refusal has the same form. */
const refusals = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: 'Refused; `code` says why.',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  )

const path = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
})
const query = (name: string, description: string) => ({
  ...path(name, description),
  in: 'query',
  required: false,
})
const header = (name: string, description: string) => ({
  ...query(name, description),
  in: 'header',
})
const ID = path('id', "Didit's session_id.")

/** Path -> method -> what it does. */
const PATHS: Record<string, Record<string, Operation>> = {
  '/sessions': {
    post: {
      summary: "Creates a session, or hands back the visitor's unfinished one.",
      security: HOLDER,
      requestBody: {
        required: true,
        content: { 'application/json': { schema: ref('CreateRequest') } },
      },
      responses: {
        200: json('An unfinished session of this visitor.', 'SessionGrant'),
        201: json('A new session.', 'SessionGrant'),
        ...refusals(400, 401, 403, 413, 415, 429, 500, 502, 503, 504),
      },
    },
  },
  '/sessions/current': {
    get: {
      summary: "The visitor's newest session.",
      security: HOLDER,
      parameters: [query('workflow', 'Of this workflow only.')],
      responses: { 200: json('The session.', 'SessionAnswer'), ...refusals(403, 404, 500) },
    },
  },
  '/sessions/{id}': {
    get: {
      summary: 'One session.',
      security: HOLDER,
      parameters: [ID, header('If-None-Match', 'The ETag of an earlier answer.')],
      responses: {
        200: json('The session.', 'SessionAnswer'),
        304: { description: 'Nothing has changed.' },
        ...refusals(403, 404, 500),
      },
    },
  },
  '/sessions/{id}/events': {
    get: {
      summary: 'Its changes, as server-sent events named `session`, each a SessionAnswer.',
      security: HOLDER,
      parameters: [ID, header('Last-Event-ID', 'The version that was seen last.')],
      responses: { 200: text('The stream.', 'text/event-stream'), ...refusals(403, 404, 429, 500) },
    },
  },
  '/webhooks': {
    post: {
      summary: "Receives Didit's signed webhooks.",
      parameters: [
        { ...header('X-Timestamp', 'Unix seconds, at most five minutes off.'), required: true },
        header('X-Signature', 'HMAC-SHA256 of the body.'),
        header('X-Signature-V2', 'Of its canonical JSON.'),
        header('X-Signature-Simple', 'Of its envelope.'),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: { 204: { description: 'On disk.' }, ...refusals(400, 401, 413, 500, 503) },
    },
  },
  '/return/{ret}': {
    get: {
      summary: 'Where Didit sends the visitor back.',
      parameters: [
        path('ret', 'The random name of the return URL.'),
        query('verificationSessionId', "Didit's; a hint."),
        query('status', "Didit's; a hint."),
      ],
      responses: {
        200: text('In a frame: tells the page around it.', 'text/html; charset=UTF-8'),
        303: { description: 'Leads to the page that started the session.' },
        404: text('There is no page to go back to.', 'text/html; charset=UTF-8'),
        ...refusals(500),
      },
    },
  },
  '/receipt-keys': {
    get: {
      summary: 'The public keys of receipts, as a JWKS.',
      responses: {
        200: {
          description: 'The keys.',
          content: { 'application/jwk-set+json': { schema: ref('ReceiptKeys') } },
        },
        304: { description: 'Nothing has changed.' },
        ...refusals(500),
      },
    },
  },
  '/health': {
    get: { summary: 'Whether it lives.', responses: { 200: json('It does.', 'Health') } },
  },
  '/openapi.json': {
    get: {
      summary: 'This description.',
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: {} } } },
      },
    },
  },
  '/ready': {
    get: {
      summary: 'Whether it can work, its store and Didit apart.',
      security: OPERATOR,
      responses: {
        200: json('It can; without Didit `degraded`.', 'Readiness'),
        503: json('It cannot: the store is down.', 'Readiness'),
        ...refusals(401, 404),
      },
    },
  },
  '/metrics': {
    get: {
      summary: 'Figures, as Prometheus reads them.',
      security: OPERATOR,
      responses: {
        200: text('All metrics.', 'text/plain; version=0.0.4; charset=utf-8'),
        ...refusals(401, 404),
      },
    },
  },
}

/** The API of {@link createVerifyApp}, as OpenAPI 3.1. The operator API is not part of it. */
export function describeApi(publicUrl: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'didit-verify',
      version: '1',
      description: 'The backend of <didit-verify>. Every answer carries an X-Request-Id.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths: PATHS,
    components: {
      schemas: {
        CreateRequest: schema(schemas.createRequest),
        SessionGrant: schema(schemas.sessionGrant),
        SessionAnswer: schema(schemas.sessionAnswer),
        ReceiptKeys: schema(schemas.receiptKeys),
        Problem: schema(schemas.problem),
        Health: schema(schemas.health),
        Readiness: schema(schemas.readiness),
      },
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: TOKEN_HEADER },
        operator: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

function schema(type: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(type)
  return rest
}
