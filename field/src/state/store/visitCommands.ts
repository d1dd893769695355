/** Commands of a visit: each one operation of the open person, saved before it resolves. */

import type { Location, Photo, Severity } from "../../core/sync/bodies"
import type { Desk } from "../../core/sync/desk"
import * as edits from "../../core/sync/edits"
import type { Put } from "../../core/sync/phone"
import { shown } from "../../core/sync/view"
import { PhotoStorage, type PhotoRecord } from "../../storage/photoStorage"
import { NotSaved, type NewPhoto, type PhoneCommands } from "../phone"
import type { Context } from "./context"

type VisitCommands = Pick<
  PhoneCommands,
  | "openVisit"
  | "joinVisit"
  | "setAnswer"
  | "setFinding"
  | "retractFinding"
  | "recheckFinding"
  | "addPhoto"
  | "retractPhoto"
  | "addPlace"
  | "markPlace"
  | "claim"
  | "setNote"
  | "sign"
  | "done"
  | "submit"
  | "settleAnswer"
  | "settleFinding"
>

export function visitCommands(
  context: Context,
  visits: { visit: (id: string) => Known | null },
): VisitCommands {
  const commands = new Commands(context, visits.visit)
  const newUid = (): string => context.need().phone.desk.uid()
  return {
    openVisit: async ({ mine, kind, date, ordinal = 1, edition }) => {
      const { team } = context.need().county.membership ?? { team: "" }
      return commands.enter({ team, mine, kind, date, ordinal, edition }, "visit.open")
    },
    joinVisit: async (visit, edition) => {
      const known = visits.visit(visit)
      if (!known) throw new NotSaved("invalid")
      await commands.enter({ ...identityOf(known), edition }, "visit.join")
    },
    setAnswer: (visit, item, place, answer) =>
      commands.do(visit, (doing) => edits.setAnswer(doing, `answer/${item}/${place}`, answer)),
    settleAnswer: (visit, item, place, answer) =>
      commands.do(visit, (doing) => edits.settleAnswer(doing, `answer/${item}/${place}`, answer)),
    ...findingCommands(commands, newUid),
    addPhoto: (visit, photo) => commands.addPhoto(visit, photo),
    retractPhoto: (visit, photo, reason) => commands.retractPhoto(visit, photo, reason),
    addPlace: (visit, place) => commands.addPlace(visit, { ...place, place: newUid() }),
    markPlace: (visit, location: Location, code) =>
      commands.do(visit, (doing) =>
        edits.markPlace(doing, { location, ...(code === undefined ? {} : { code }) }),
      ),
    claim: (visit, person, items) => commands.do(visit, (doing) => edits.claim(doing, { person, items })),
    setNote: async (visit, of, text, note = newUid()) => {
      await commands.do(visit, (doing) => edits.setNote(doing, { note, of, text }))
      return note
    },
    sign: (visit, signing, picture) => commands.sign(visit, signing, picture),
    done: (visit) => commands.do(visit, (doing) => edits.done(doing)),
    submit: (visit, note) => commands.do(visit, (doing) => edits.submit(doing, note)),
  }
}

type FindingCommands = Pick<
  PhoneCommands,
  "setFinding" | "settleFinding" | "retractFinding" | "recheckFinding"
>

function findingCommands(commands: Commands, newUid: () => string): FindingCommands {
  return {
    setFinding: async (visit, fields, finding = newUid()) => {
      await commands.do(visit, (doing) => edits.setFinding(doing, finding, fields))
      return finding
    },
    settleFinding: (visit, finding, fields) =>
      commands.do(visit, (doing) => edits.settleFinding(doing, finding, fields)),
    retractFinding: (visit, finding, reason) =>
      commands.do(visit, (doing) => edits.retractFinding(doing, finding, reason)),
    recheckFinding: (visit, recheck) => commands.do(visit, (doing) => edits.recheckFinding(doing, recheck)),
  }
}

type Identity = Parameters<typeof edits.enterVisit>[2]
type Known = Identity & { readonly joined: boolean }
type Place = Parameters<typeof edits.addPlace>[1]

function identityOf({ team, mine, kind, date, ordinal, edition }: Known): Identity {
  return { team, mine, kind, date, ordinal, edition }
}

class Commands {
  private readonly context: Context
  private readonly visit: (id: string) => Known | null

  constructor(context: Context, visit: (id: string) => Known | null) {
    this.context = context
    this.visit = visit
  }

  /** Whoever works in a visit belongs to it, however they came there: the county waits for those who joined (VS-5). */
  async do(
    visit: string,
    act: (doing: edits.Doing) => Promise<unknown>,
    beside?: readonly Put[],
  ): Promise<void> {
    const person = this.context.person()
    const known = this.visit(visit)
    await this.context.step(async (desk) => {
      if (known && !known.joined) await edits.enterVisit(desk, person, identityOf(known), "visit.join")
      return act({ desk, person, visit })
    }, beside)
  }

  enter(identity: Identity, how: "visit.open" | "visit.join"): Promise<string> {
    const person = this.context.person()
    return this.context.step((desk) => edits.enterVisit(desk, person, identity, how))
  }

  async addPlace(visit: string, place: Omit<Place, "mine">): Promise<string> {
    await this.do(visit, (doing) =>
      edits.addPlace(doing, { ...place, mine: doing.desk.state.mines[visit] ?? "" }),
    )
    return place.place
  }

  /** Bytes, small picture and signed facts in one transaction. */
  async addPhoto(visit: string, given: NewPhoto): Promise<string> {
    const { photo, records, puts } = await this.prepare(visit, given)
    await this.do(visit, (doing) => edits.addPhoto(doing, photo), puts)
    this.noted(records)
    return photo.photo
  }

  async retractPhoto(visit: string, photo: string, reason: string): Promise<void> {
    await this.do(visit, (doing) => {
      const [head] = shown(doing.desk, `visit:${visit}`, `photo/${photo}`).heads
      const { of = "visit" } = (head?.value ?? {}) as Partial<Photo>
      return edits.retractPhoto(doing, { photo, of, reason })
    })
  }

  /** A drawn signature is a photo of the visit, and is named by the signature. */
  async sign(
    visit: string,
    signing: Parameters<typeof edits.sign>[1],
    picture: NewPhoto | undefined,
  ): Promise<void> {
    if (!picture) return this.do(visit, (doing) => edits.sign(doing, signing))
    const { photo, records, puts } = await this.prepare(visit, { ...picture, of: "visit", role: "signature" })
    const act = async (doing: edits.Doing): Promise<void> => {
      await edits.addPhoto(doing, photo)
      await edits.sign(doing, { ...signing, picture: photo.sha256 })
    }
    await this.do(visit, act, puts)
    this.noted(records)
  }

  private noted(records: readonly PhotoRecord[]): void {
    for (const record of records) this.context.need().photos.noted(record)
    this.context.everythingChanged()
  }

  private async prepare(
    visit: string,
    given: NewPhoto,
  ): Promise<{ photo: Photo; records: PhotoRecord[]; puts: Put[] }> {
    const { photos, phone } = this.context.need()
    const { bytes, original, thumbnail, ...facts } = given
    const id = phone.desk.uid()
    const file = async (content: ArrayBuffer, gravity: number): Promise<PhotoRecord> => {
      const sha256 = await PhotoStorage.digestOf(content)
      const about = { photo: id, visit, mime: given.mime, at: this.context.now(), gravity }
      return { ...about, sha256, size: content.byteLength, state: "saved", sent: 0, why: null }
    }
    const main = await file(bytes, gravityOf(phone.desk, given.of))
    const puts = await photos.puts(main, bytes, thumbnail)
    const photo = { ...facts, photo: id, sha256: main.sha256, size: main.size }
    if (!original) return { photo, records: [main], puts }
    const untouched = await file(original, -1)
    puts.push(...(await photos.puts(untouched, original)))
    const { sha256, size } = untouched
    return { photo: { ...photo, original: { sha256, size } }, records: [main, untouched], puts }
  }
}

const GRAVITY: Record<Severity, number> = { general: 1, serious_violation: 2, suspected_major: 3 }

/** What a photo is of says how soon it goes: the gravest finding's first. */
function gravityOf(desk: Desk, of: string): number {
  const [sort, finding = ""] = of.split("/")
  if (sort !== "finding") return 0
  const { heads } = shown(desk, `mine:${desk.state.findings[finding] ?? ""}`, of, "severity")
  return Math.max(1, ...heads.map((head) => GRAVITY[head.value as Severity]))
}
