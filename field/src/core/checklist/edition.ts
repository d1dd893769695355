/** An edition made ready to judge many answers and to say what is asked. Open it once by digest and keep it. */

import { explain, pairsOf, type Asked, type Picture } from "./applicability"
import { readChecklist, type Cadence, type Checklist, type Item, type Pair } from "./definition"
import { judgeOf, judgeStranger, type Answer, type Judge, type Judgement } from "./evaluation"

export class Edition {
  readonly items: ReadonlyMap<string, Item>
  /** Item key → its place in the checklist's order. */
  readonly order: ReadonlyMap<string, number>
  private readonly judges = new Map<string, Judge>()

  constructor(readonly checklist: Checklist) {
    const items = checklist.sections.flatMap((section) => section.items)
    this.items = new Map(items.map((item) => [item.key, item]))
    this.order = new Map(items.map((item, at) => [item.key, at]))
  }

  /** Of an edition's JSON text. Throws UnknownFormat. */
  static read(text: string): Edition {
    return new Edition(readChecklist(text))
  }

  /** What the answer comes to; `on` is the visit's day. Never throws; a complaint is a code. */
  judge(key: string, answer: Answer, on: string): Judgement {
    const item = this.items.get(key)
    if (item === undefined) return judgeStranger(answer)
    let judge = this.judges.get(key)
    if (judge === undefined) this.judges.set(key, (judge = judgeOf(item, this.checklist.units)))
    return judge(answer, on)
  }

  /** The applicable pairs of the weekly round or of the monthly table, in the checklist's order. */
  pairs(picture: Picture, cadence: Cadence): Pair[] {
    return pairsOf(this.checklist, picture, cadence)
  }

  explain(picture: Picture, cadence: Cadence): Asked[] {
    return explain(this.checklist, picture, cadence)
  }
}
