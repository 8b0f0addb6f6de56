import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { createVerifyApp } from '../../server/app.ts'
import { describeApi } from '../../server/openapi.ts'
import { createRequest } from '../../server/schemas.ts'
import { createBff, PUBLIC_URL } from '../support/bff.ts'

/** What the app answers, as `GET /sessions/{id}`; without middleware and the answer to all others. */
async function routes(): Promise<string[]> {
  const { options } = await createBff()
  const named = createVerifyApp(options).routes.filter(({ method }) => method !== 'ALL')
  return named.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
}

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(describeApi(PUBLIC_URL))
    expect(result).toEqual({ valid: true })
    expect(describeApi(PUBLIC_URL).openapi).toMatch(/^3\.1\./)
  })

  it('has every route, and no other', async () => {
    const described = Object.entries(describeApi(PUBLIC_URL).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect([...new Set(await routes())].sort()).toEqual(described.sort())
  })

  it('is served at a place of its own, with the public address and no other', async () => {
    const { app } = await createBff()
    const response = await app.request('http://evil.example/api/verify/openapi.json', {
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(describeApi(PUBLIC_URL))))
    expect(text).not.toContain('evil')
  })

  it('says what a browser may send, and the app takes nothing else', async () => {
    const { components } = describeApi(PUBLIC_URL)
    const schema = components.schemas.CreateRequest as Record<string, object>
    expect(schema.additionalProperties).toBe(false)
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(createRequest.shape))
  })

  it('names every header that carries something secret as such', () => {
    const { components, paths } = describeApi(PUBLIC_URL)
    expect(components.securitySchemes.token).toMatchObject({ in: 'header', name: 'Verify-Token' })
    const parameters = Object.values(paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ parameters = [] }) => parameters),
    ) as { in: string; name: string }[]
    expect(
      parameters.filter(({ in: place, name }) => place === 'query' && /token/i.test(name)),
    ).toEqual([])
  })
})
