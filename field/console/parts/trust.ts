// Markup becomes part of a page only here. The server's own answers are put together with everything escaped; what
// still looks like a script is refused. No string ever becomes a script or a script's address: the page's policy has
// no other policy than this one, and this one makes markup only.

const SCRIPT = /<script[\s/>]/i

/** Lets htmx and ECharts write markup; scripts in it are refused. */
export function trustOwnMarkup(): void {
  window.trustedTypes?.createPolicy("default", {
    createHTML: (markup) => {
      if (SCRIPT.test(markup)) throw new TypeError("markup with a script in it is refused")
      return markup
    },
  })
}
