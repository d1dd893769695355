/** What screens follow: a number a topic, one more whenever something of it changed. Reading it subscribes. */

import { shallowRef, triggerRef, type ShallowRef } from "vue"

export class Versions {
  private readonly topics = new Map<string, ShallowRef<number>>()

  /** Inside `computed` or a template: run again when the topic changes. */
  follow(topic: string): number {
    return this.topic(topic).value
  }

  changed(topic: string): void {
    const known = this.topics.get(topic)
    if (known) known.value += 1
  }

  everythingChanged(): void {
    for (const topic of this.topics.values()) {
      topic.value += 1
      triggerRef(topic)
    }
  }

  private topic(name: string): ShallowRef<number> {
    const known = this.topics.get(name)
    if (known) return known
    const made = shallowRef(0)
    this.topics.set(name, made)
    return made
  }
}

/** Which keys of a sort (`answer/…`, `photo/…`) a stream shows, whatever they say. */
export const keysOf = (stream: string, key: string): string => `${stream}#${key.split("/")[0] ?? ""}`
/** Anything in a stream. */
export const contentOf = (stream: string): string => `${stream}*`
export const rowOf = (stream: string, key: string): string => `${stream} ${key}`
/** Everything that is on its way. */
export const SENDING = "sending"
/** How far photos have come. */
export const PHOTOS = "photos"
