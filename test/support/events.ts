/** A stream of server-sent events, read one at a time. */
export function readEvents(response: Response) {
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    /** The next event or comment as it was sent, or nothing when the stream has ended. */
    async next(): Promise<string | undefined> {
      while (!text.includes('\n\n')) {
        const { done, value } = await reader.read()
        if (done) return undefined
        text += decoder.decode(value, { stream: true })
      }
      const end = text.indexOf('\n\n')
      const event = text.slice(0, end)
      text = text.slice(end + 2)
      return event
    },
    abort: () => reader.cancel(),
  }
}

/** Status and id of a `session` event. */
export function readStatus(event = ''): [string, number] {
  const { name, id, data } =
    /^event: (?<name>.*)\ndata: (?<data>.*)\nid: (?<id>.*)$/.exec(event)?.groups ?? {}
  if (name !== 'session') throw new Error(`not a session event: ${event}`)
  return [JSON.parse(data ?? '').session.status, Number(id)]
}
