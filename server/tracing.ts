import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { withoutIds } from './didit/transport.ts'

export interface Tracing {
  /** A span for each request, below the caller's where it sent a `traceparent`. */
  trace: MiddlewareHandler
  /** Calls with a span each; they carry the `traceparent` on. */
  fetch: typeof globalThis.fetch
  /** The id of the trace that is under way. */
  traceId(): string | undefined
  /** Sends what has not been sent. */
  stop(): Promise<void>
}

/**
 * Sends OpenTelemetry spans to a collector. They hold methods, routes, statuses and the session's
 * id; the middleware that there is for Hono adds whole addresses and the words of errors, which may
 * quote persons.
 *
 * @param endpoint OTLP over HTTP, without `/v1/traces`.
 * @throws where the packages, which are optional, are not installed.
 */
export async function startTracing(endpoint: string): Promise<Tracing> {
  const { api, sdk, exporter, resources } = await load()
  const { context, propagation, SpanKind, SpanStatusCode, trace } = api
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'didit-verify' }))
      // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last.
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        new exporter.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
      ),
    ],
  })
  provider.register()
  const tracer = provider.getTracer('didit-verify')

  return {
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    stop: () => provider.shutdown(),

    async trace(c, next) {
      const { method } = c.req
      const parent = propagation.extract(context.active(), c.req.header())
      const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }
      await tracer.startActiveSpan(method, options, parent, async (span) => {
        try {
          await next()
        } finally {
          const { status } = c.res
          const route = routePath(c)
          span.updateName(`${method} ${route}`)
          span.setAttributes({ 'http.route': route, 'http.response.status_code': status })
          const session = status < 400 && c.req.param('id')
          if (session) span.setAttribute('didit.session', session)
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
      })
    },

    async fetch(input, init = {}) {
      const { hostname, pathname } = new URL(input instanceof Request ? input.url : input)
      const { method = 'GET' } = init
      const template = withoutIds(pathname.replace(/^\/v\d+(?=\/)/, ''))
      const attributes = {
        'http.request.method': method,
        'server.address': hostname,
        'url.template': template,
      }
      const options = { kind: SpanKind.CLIENT, attributes }
      return tracer.startActiveSpan(`${method} ${template}`, options, async (span) => {
        try {
          const headers = Object.fromEntries(new Headers(init.headers))
          propagation.inject(context.active(), headers)
          const response = await fetch(input, { ...init, headers })
          span.setAttribute('http.response.status_code', response.status)
          if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
          return response
        } catch (error) {
          span.setAttribute('error.type', (error as Error).name)
          span.setStatus({ code: SpanStatusCode.ERROR })
          throw error
        } finally {
          span.end()
        }
      })
    },
  }
}

async function load() {
  try {
    const [api, sdk, exporter, resources] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
    return { api, sdk, exporter, resources }
  } catch (cause) {
    throw new Error(
      'OTEL_EXPORTER_OTLP_ENDPOINT is set, but the optional packages of OpenTelemetry are not ' +
        'there. Install didit-verify with its optional dependencies, or unset the variable.',
      { cause },
    )
  }
}
