import { describe, expect } from 'vitest'
import { it } from '../support/hosts.ts'
import { hostContract, verify } from './contract.ts'

hostContract('React 19, in StrictMode', '/react/')
hostContract('React 19, without the wrapper', '/react/tag.html')
hostContract('React 18, in StrictMode', '/react-18/')
hostContract('Vue 3', '/vue/')
hostContract('Svelte 5', '/svelte/')
hostContract('plain TypeScript', '/plain/')
hostContract('a script tag with integrity', '/script/')

describe('a script tag with integrity', () => {
  it('runs nothing that has been tampered with, and says so', async ({ guest }) => {
    guest.expectMishap(/integrity/)
    await guest.open('/script/forged.html')
    await guest.trigger.click()
    await guest.hears('didit-trouble', { code: 'unsupported', actions: ['retry'] })
    expect(guest.starts()).toBe(0)
  })
})

describe('a worker', () => {
  it('imports the element, which has nothing to draw there', async ({ guest }) => {
    await guest.page.goto(new URL('/worker/', guest.home).href)
    await guest.output.getByText('class: function, document: undefined').waitFor()
  })
})

describe('a page that a server has rendered', () => {
  for (const name of ['react', 'react-18', 'vue', 'svelte']) {
    it(`is the tag alone, and wakes up without a warning: ${name}`, async ({ guest, hosts }) => {
      const page = `/${name}/index-rendered.html`
      const html = await (await fetch(new URL(page, hosts.url))).text()
      expect(html).toMatch(/<didit-verify mode="modal"><\/didit-verify>/)
      await verify(guest, page)
    })
  }
})

for (const [version, folder] of [
  ['React 19', 'react'],
  ['React 18', 'react-18'],
]) {
  describe(`the wrapper for ${version}`, () => {
    it('starts once where StrictMode runs the effect twice', async ({ guest }) => {
      await guest.open(`/${folder}/more.html?start`)
      await guest.hosted.locator('#begin').waitFor()
      const starts = (await guest.told()).filter(({ type }) => type === 'didit-start')
      expect(starts).toHaveLength(1)
      expect(guest.starts()).toBe(1)
      expect(await guest.finals()).toEqual([])
    })

    it('calls the newest listener', async ({ guest }) => {
      await guest.open(`/${folder}/more.html?start`)
      await guest.hosted.locator('#begin').waitFor()
      expect(await guest.output.textContent()).toBe('creating open')
    })

    it('sets properties, and takes them back when they are no longer given', async ({ guest }) => {
      const names = [
        'withoutConfirm',
        'confirmTimeout',
        'returnUrl',
        'messages',
        'mode',
        'expected',
      ]
      const read = () =>
        guest.element.evaluate((node, all) => all.map((name) => Reflect.get(node, name)), names)
      await guest.open(`/${folder}/more.html`)
      expect(await read()).toEqual([
        true,
        5_000,
        '/',
        { done: 'Ready' },
        'modal',
        { first_name: 'Ada' },
      ])
      await guest.page.locator('#bare').click()
      expect(await read()).toEqual([false, 60_000, null, null, 'modal', null])
    })

    it('gives the tag everything that an attribute can carry on the server', async ({ hosts }) => {
      const response = await fetch(new URL(`/${folder}/more-rendered.html`, hosts.url))
      const [tag = ''] = /<didit-verify[^>]*>/.exec(await response.text()) ?? []
      expect(tag).toContain(' class="own"')
      expect(tag).toContain(' id="verify"')
      expect(tag).toContain(' mode="modal"')
      expect(tag).toContain(' confirm-timeout="5000"')
      expect(tag).toContain(' return-url="/"')
      expect(tag).toMatch(/ without-confirm="(true)?"/)
      expect(tag).not.toMatch(/messages|fetch|ondidit|expected|ada/i)
    })

    it('goes on with an earlier attempt by the fetch of the page', async ({ guest }) => {
      const page = `/${folder}/more-rendered.html`
      await guest.open(`${page}?start`)
      await guest.hosted.locator('#begin').waitFor()
      const read = guest.page.waitForRequest(
        (request) => /sessions\/[^/]+$/.test(request.url()) && request.method() === 'GET',
      )
      await guest.open(page)
      expect(await (await read).headerValue('x-user')).toBe('ada')
      await guest.reaches('resumable')
    })
  })
}
