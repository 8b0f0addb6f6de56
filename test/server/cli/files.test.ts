import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SERVER, setUp, TOKEN } from './fixture.ts'

async function finished(options: Parameters<typeof setUp>[0] = {}) {
  const world = setUp(options)
  const { session_id: id } = await world.played('approve')
  return { ...world, id, dir: world.folder() }
}

describe('a report', () => {
  it('goes into a file that only its owner can read', async () => {
    const { cli, id, dir } = await finished()
    const out = path.join(dir, 'report.pdf')
    const { code, json } = await cli(`sessions pdf ${id} --out ${out} --json`)
    expect(code).toBe(0)
    expect(readFileSync(out, 'latin1').slice(0, 5)).toBe('%PDF-')
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(json()).toEqual({ file: out, bytes: statSync(out).size })
  })

  it('overwrites nothing, and is not even asked for', async () => {
    const { cli, id, dir, sent } = await finished()
    const out = path.join(dir, 'report.pdf')
    writeFileSync(out, 'mine')
    const { code, err } = await cli(`sessions pdf ${id} --out ${out}`)
    expect(err).toBe(`There is a file ${out} already. Give another --out, or --force.`)
    expect(readFileSync(out, 'utf8')).toBe('mine')
    expect([code, sent]).toEqual([2, []])
  })

  it('overwrites when it may', async () => {
    const { cli, id, dir } = await finished()
    const out = path.join(dir, 'report.pdf')
    writeFileSync(out, 'mine')
    expect((await cli(`sessions pdf ${id} --out ${out} --force`)).code).toBe(0)
    expect(readFileSync(out, 'latin1').slice(0, 5)).toBe('%PDF-')
    expect(readdirSync(dir)).toEqual(['report.pdf'])
  })

  it.each(['', '--force'])(
    'that breaks off leaves nothing behind, and the old one alone %s',
    async (flag) => {
      const broken = () => {
        const stream = new ReadableStream({
          pull(controller) {
            controller.enqueue(new TextEncoder().encode('%PDF-'))
            controller.error(new TypeError('terminated'))
          },
        })
        return new Response(stream, { headers: { 'content-type': 'application/pdf' } })
      }
      const { cli, id, dir } = await finished({ answers: broken })
      const out = path.join(dir, 'report.pdf')
      if (flag) writeFileSync(out, 'mine')
      const { code, err } = await cli(`sessions pdf ${id} --out ${out} ${flag}`)
      expect(err).toContain('did not answer GET')
      expect(readdirSync(dir)).toEqual(flag ? ['report.pdf'] : [])
      if (flag) expect(readFileSync(out, 'utf8')).toBe('mine')
      expect(code).toBe(1)
    },
  )

  it("of a session that has not ended is refused in Didit's words, without a file", async () => {
    const { cli, create, dir } = await finished()
    const { session_id } = await create()
    const out = path.join(dir, 'report.pdf')
    const { code, err } = await cli(`sessions pdf ${session_id} --out ${out}`)
    expect(err).toContain('You can only generate a PDF for sessions in review')
    expect([code, existsSync(out)]).toEqual([1, false])
  })
})

describe('pictures', () => {
  it('are saved under their names, readable by their owner only', async () => {
    const { cli, id, dir } = await finished()
    const { code, json } = await cli(`sessions pictures ${id} --out ${dir}/new --json`)
    const { pictures } = json<{ pictures: string[] }>()
    expect(pictures).toContain('id_verifications.0.front_image')
    const front = `${dir}/new/id_verifications.0.front_image.png`
    expect(readFileSync(front).subarray(1, 4).toString()).toBe('PNG')
    expect(statSync(front).mode & 0o777).toBe(0o600)
    expect(readdirSync(`${dir}/new`)).toHaveLength(pictures.length)
    expect(code).toBe(0)
  })

  it('are only listed without a folder', async () => {
    const { cli, id, requests } = await finished()
    const { out } = await cli(`sessions pictures ${id}`)
    expect(out).toContain('liveness_checks.0.reference_image')
    expect(requests()).toEqual(['GET /v3/session/:id/decision/'])
  })

  it('are fetched without the key', async () => {
    const { cli, id, dir, sent } = await finished()
    await cli(`sessions pictures ${id} --out ${dir}`)
    const media = sent.filter(({ url }) => url.pathname.startsWith('/media/'))
    expect(media.length).toBeGreaterThan(0)
    expect(media.flatMap(({ headers }) => headers.get('x-api-key') ?? [])).toEqual([])
  })

  // Only the ends of names are known words: what is before comes from Didit, and from a server all.
  it('whose places in the decision lead elsewhere stay in the folder', async () => {
    const answers = ({ url }: Request) =>
      url.includes('/media/')
        ? new Response('x', { headers: { 'content-type': 'text/html' } })
        : Response.json({
            session_id: 'x',
            status: 'Approved',
            '../../id': [{ front_image: 'https://a.example/media/1' }],
          })
    const { cli, id, dir } = await finished({ answers })
    expect((await cli(`sessions pictures ${id} --out ${dir}/in`)).code).toBe(0)
    expect(readdirSync(dir)).toEqual(['in'])
    expect(readdirSync(`${dir}/in`)).toEqual(['__.._id.0.front_image'])
  })

  it.each([
    ['../../front_image', '__.._front_image'],
    ['/etc/front_image', '_etc_front_image'],
    ['..', '_'],
    ['a\\..\\b\0c', 'a_.._b_c'],
  ])('that a server calls %j stay in the folder', async (name, file) => {
    const answers = ({ url }: Request) =>
      url.endsWith('/pictures')
        ? Response.json({ results: [name] })
        : new Response('x', { headers: { 'content-type': 'text/html' } })
    const { cli, id, dir } = await finished({ answers, env: { DIDIT_OPERATOR_TOKEN: TOKEN } })
    const line = `sessions pictures ${id} --out ${dir}/in --server ${SERVER}`
    const { code, err } = await cli(line)
    expect(code, err).toBe(0)
    expect(readdirSync(dir)).toEqual(['in'])
    expect(readdirSync(`${dir}/in`)).toEqual([file])
  })

  it('whose links have died are told so', async () => {
    const answers = ({ url }: Request) =>
      url.includes('/media/') ? new Response('', { status: 403 }) : undefined
    const { cli, id, dir } = await finished({ answers })
    const { code, err } = await cli(`sessions pictures ${id} --out ${dir}`)
    expect(err).toMatch(
      /^The picture .+ was answered with 403\. Its link may have died; try again\.$/,
    )
    expect(code).toBe(1)
  })
})
