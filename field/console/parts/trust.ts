// Markup becomes part of a page only here. The server's own answers are put together with everything escaped; what
// still looks like a script is refused. No string ever becomes a script or a script's address: the page's policy has
// no other policy than this one, and this one makes markup only.

interface PolicyMaker {
  createPolicy(name: string, rules: { createHTML: (markup: string) => string }): unknown
}

const SCRIPT = /<script[\s/>]/i

/** Lets htmx and ECharts write markup; scripts in it are refused. */
export function trustOwnMarkup(): void {
  // Browsers that do not know it have no such policy to keep either.
  const maker = (window as { trustedTypes?: PolicyMaker }).trustedTypes
  maker?.createPolicy("default", {
    createHTML: (markup) => {
      if (SCRIPT.test(markup)) throw new TypeError("markup with a script in it is refused")
      return markup
    },
  })
}
