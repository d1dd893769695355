/** The reference county behind a port, so that the phone is tested against the very rules of the server. */

import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"

const ROOT = new URL("../../../", import.meta.url).pathname

/** What the county answers instead of its own words, once each. */
export interface Instead {
  status?: number
  body?: string
  headers?: Record<string, string>
  path?: string
  cut?: boolean
  /** Everything is stored, and the answer is lost. */
  lose?: boolean
}

export interface Told {
  visits: Record<string, Record<string, [string, string, unknown][]>>
  chains: Record<string, number>
  photos: Record<string, number>
  refused: string[]
  asked: string[]
}

export class ServedCounty {
  readonly origin: string
  private readonly process: ChildProcess
  /** What a picture shows: the address with a code, and the county's key by its fingerprint. */
  readonly address = `https://county.example/enrol#1.luvrOJnJgxS4NNA_FDT6exCYNz8p2WQuOg8I4pi0uEs.${"c".repeat(22)}`

  private constructor(process: ChildProcess, port: string) {
    this.process = process
    this.origin = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<ServedCounty> {
    const process = spawn(`${ROOT}.venv/bin/python`, ["-m", "tests.sync.served_county"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    })
    const [line] = (await once(process.stdout, "data")) as [Buffer]
    return new ServedCounty(process, line.toString().trim())
  }

  async stop(): Promise<void> {
    this.process.stdin?.end()
    await once(this.process, "exit")
  }

  async control(said: object): Promise<unknown> {
    const response = await fetch(`${this.origin}/control`, { method: "POST", body: JSON.stringify(said) })
    return response.json()
  }

  async told(): Promise<Told> {
    return (await this.control({ do: "told" })) as Told
  }

  async instead(...replies: Instead[]): Promise<void> {
    await this.control({ do: "instead", replies })
  }
}
