export type Value = string | number | null
export type Query = <T = unknown>(text: string, params?: Value[]) => Promise<T[]>

/** All that a database has to be able to do. Texts use `$1` placeholders. */
export interface Driver {
  /** Whether no other process can have the database open as long as this one has. */
  sole: boolean
  query: Query
  /** Runs `work` in one transaction; a throw undoes it. Nothing else runs in between. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** The same while nobody else does it anywhere, for as long as it takes: for migrations. */
  exclusive<T>(work: (query: Query) => Promise<T>): Promise<T>
  /**
   * Hears the ids given to `notify`, from every process. Lost ones cost latency only; nothing in
   * place of an id says that some may have been lost.
   */
  listen(heard: (id: string | undefined) => void): () => void
  /** Tells every process that something about `id` has changed. Called after the commit. */
  notify(id: string): void
  close(): Promise<void>
}
