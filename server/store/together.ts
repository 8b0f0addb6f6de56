import { nextTurn } from './next-turn.ts'

/**
 * Does together what many ask for at about the same time: what comes in one turn of the event loop, or
 * while others are under way. When several fail together each is tried alone, so that none fails for
 * another.
 *
 * @param work gives the answers in the order of the items.
 * @param most how many go at once.
 */
export function together<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  const waiting: Asked<Item, Answer>[] = []
  let working = false

  async function workOff(): Promise<void> {
    working = true
    while (waiting.length > 0) {
      await nextTurn()
      await answer(waiting.splice(0, most))
    }
    working = false
  }

  async function answer(asked: readonly Asked<Item, Answer>[]): Promise<void> {
    try {
      const answers = await work(asked.map(({ item }) => item))
      for (const [at, { resolve }] of asked.entries()) resolve(answers[at] as Answer)
    } catch (error) {
      if (asked.length > 1) await Promise.all(asked.map((each) => answer([each])))
      else asked[0]?.reject(error)
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!working) void workOff()
    })
}

interface Asked<Item, Answer> {
  item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}
