// Holds every answer that a test sees against the description that the BFF gives of itself.

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describeApi } from '../../server/openapi.ts'

interface Answer {
  description: string
  content?: Record<string, { schema: object }>
}

const api = describeApi('https://shop.example/api/verify')
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
// Of OpenAPI, and not among the formats of JSON Schema.
ajv.addFormat('jwt', true)
ajv.addSchema(api, 'api')

/** The path of the description that a request's path belongs to. */
export function pathOf(pathname: string): keyof typeof api.paths | undefined {
  const exact = Object.hasOwn(api.paths, pathname) ? pathname : undefined
  return exact ?? Object.keys(api.paths).find((path) => toPattern(path).test(pathname))
}

/**
 * What is wrong with an answer by the description, or nothing. What is outside every path is a
 * problem with the code `not-found`.
 */
export async function faultOf(
  method: string,
  pathname: string,
  response: Response,
): Promise<string | undefined> {
  const path = pathOf(pathname)
  const operation = path && api.paths[path]?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  const name = `${method} ${path ?? pathname} ${response.status}`
  const type = response.headers.get('content-type') ?? ''
  if (!response.headers.get('x-request-id')) return `${name} has no X-Request-Id`
  if (!operation) {
    // A preflight, or what is nowhere.
    if (method === 'OPTIONS' && response.status === 204) return undefined
    const code = response.status === 404 && (await response.clone().json()).code
    return code === 'not-found' || response.status === 403 ? undefined : `${name} is not described`
  }
  const answer = operation.responses[response.status] as Answer | undefined
  if (!answer) return `${name} is not described`
  if (!answer.content || method === 'HEAD') return undefined
  const [wanted, content] =
    Object.entries(answer.content).find(([each]) => each.toLowerCase() === type.toLowerCase()) ?? []
  if (!wanted || !content) return `${name} is ${type}`
  if (!/json$/.test(wanted)) return undefined
  const pointer = `api#/paths/${pointerTo(path)}/${method.toLowerCase()}/responses/${response.status}/content/${pointerTo(wanted)}/schema`
  const validate = ajv.getSchema(pointer)
  if (!validate) return `${name} has no schema`
  if (validate(await response.clone().json())) return undefined
  return `${name}: ${ajv.errorsText(validate.errors)}`
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
}

/** A name inside a JSON pointer inside a URI. */
function pointerTo(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
