// What deploy/ promises, as far as it can be checked without a container.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../server/config.ts'
import { DEFAULT_WORKFLOW } from '../server/sandbox/app.ts'

const root = path.dirname(import.meta.dirname)
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

interface Service {
  image?: string
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  stop_grace_period?: string
  volumes?: string[]
}

const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as {
  services: Record<string, Service>
}
const names = Object.keys(services).filter((name) => /^verify\d$/.test(name))
const [{ environment = {}, ...instance } = {}] = names.map((name) => services[name])

/** What somebody has to fill in, and an example of it. */
const FILLED: Record<string, string> = {
  POSTGRES_PASSWORD: 'a-random-text',
  PUBLIC_URL: 'https://www.example.com/api/verify',
  DIDIT_API_KEY: 'key',
  DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
  DIDIT_WEBHOOK_SECRET: 'secret',
}

/** Fills in as Compose does; a variable that must be there and is not throws. */
function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name, kind, rest = '') => {
    const value = values[name] ?? ''
    if (value === '' && kind === '?') throw new Error(`${name} is missing: ${rest}`)
    return value === '' ? rest : value
  })
}

const environmentWith = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, fill(text, values)]))

describe('the compose file', () => {
  it('has three instances that are all alike', () => {
    expect(names).toEqual(['verify1', 'verify2', 'verify3'])
    for (const name of names) expect(services[name]).toEqual(services.verify1)
  })

  it('configures them as serve reads it, on every interface, over the one Postgres', () => {
    const config = readConfig(environmentWith(FILLED))
    expect(config).toMatchObject({
      databaseUrl: 'postgres://verify:a-random-text@postgres:5432/verify',
      isPublic: true,
      port: 8787,
      trustedProxies: 1,
    })
    const { POSTGRES_USER, POSTGRES_DB } = services.postgres?.environment ?? {}
    const url = new URL(config.databaseUrl)
    expect([url.username, url.pathname]).toEqual([POSTGRES_USER, `/${POSTGRES_DB}`])
  })

  it.each(Object.keys(FILLED))('does not start without %s', (name) => {
    expect(() => environmentWith({ ...FILLED, [name]: '' })).toThrow(name)
  })

  it('passes every setting of serve on that a deployment may need', () => {
    const settings = [...read('server/config.ts').matchAll(/^ {2}([A-Z_]+): \[/gm)].map(
      ([, it]) => it,
    )
    expect(settings).toContain('RETENTION_DAYS')
    const left = ['DIDIT_BASE_URL', 'VERIFY_SECRET', 'SANDBOX_PORT']
    expect(settings.filter((name) => name && !left.includes(name)).sort()).toEqual(
      Object.keys(environment).sort(),
    )
  })

  it('waits for what each part needs', () => {
    expect(instance.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
    for (const name of names) {
      expect(services.proxy?.depends_on?.[name]).toEqual({ condition: 'service_healthy' })
    }
    expect(services.postgres?.healthcheck).toBeDefined()
    expect(instance.healthcheck?.test.at(-1)).toContain(':8787/api/verify/health')
  })

  it('gives an instance more time to end than it takes', () => {
    const [, requests = ''] = /const REQUESTS = ([\d_]+)/.exec(read('server/main.ts')) ?? []
    const grace = Number.parseInt(instance.stop_grace_period ?? '', 10) * 1000
    expect(grace).toBeGreaterThan(Number(requests.replaceAll('_', '')) + 5000)
  })

  it('mounts files that are there', () => {
    const files = (services.proxy?.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')
    expect(files).toEqual(['./nginx.conf'])
    for (const file of files) expect(existsSync(path.join(root, 'deploy', file))).toBe(true)
  })
})

describe('the proxy', () => {
  const config = read('deploy/nginx.conf')

  it('knows every instance', () => {
    const upstreams = [...config.matchAll(/^\s*server (\w+):(\d+) /gm)]
    expect(upstreams.map(([, name, port]) => [name, port])).toEqual(
      names.map((name) => [name, environment.PORT]),
    )
  })

  it('holds no event back and waits longer than two heartbeats', () => {
    expect(config).toMatch(/proxy_buffering off;/)
    const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(config) ?? []
    expect(Number(seconds)).toBeGreaterThan(30)
  })

  it('adds one entry to X-Forwarded-For, as TRUSTED_PROXIES says', () => {
    expect(config.match(/X-Forwarded-For/g)).toHaveLength(1)
    expect(config).toContain('X-Forwarded-For $proxy_add_x_forwarded_for;')
  })
})

describe('the image', () => {
  it('runs a Node that the package takes, as nobody of importance', () => {
    const dockerfile = read('deploy/Dockerfile')
    const images = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => version)
    expect(new Set(images)).toEqual(new Set(['20']))
    expect(dockerfile).toMatch(/^USER node$/m)
  })

  it('starts a file that the build makes', () => {
    const command = JSON.parse(/^CMD (.+)$/m.exec(read('deploy/Dockerfile'))?.[1] ?? '[]')
    const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> }
    expect(command).toEqual(['node', bin['didit-verify']?.replace('./', ''), 'serve'])
  })
})
