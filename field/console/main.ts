// What every page of the console runs. Pages work without it; nothing here knows a single page.
import htmx from "htmx.org"
import { chooseRows } from "./parts/choosing.ts"
import { openDialogs } from "./parts/dialogs.ts"
import { goByKeys } from "./parts/keys.ts"
import { printOnRequest } from "./parts/printing.ts"
import { sayInCorner } from "./parts/saying.ts"
import { sendOnce, submitOnChange } from "./parts/submitting.ts"
import { switchThemes } from "./parts/theme.ts"
import { trustOwnMarkup } from "./parts/trust.ts"

trustOwnMarkup()
htmx.config.allowEval = false
htmx.config.allowScriptTags = false
htmx.config.includeIndicatorStyles = false
htmx.config.selfRequestsOnly = true
htmx.config.historyCacheSize = 0
// The way back loads the page anew: a part of it would come without its charts.
htmx.config.refreshOnHistoryMiss = true
// A form that comes back refused is shown; a conflict too.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "409|422", swap: true, error: false },
  { code: "[45]..", swap: false, error: true },
]
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content
  const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail
  if (token !== undefined) detail.headers["X-CSRF-Token"] = token
})
switchThemes()
openDialogs()
goByKeys()
chooseRows()
sayInCorner()
printOnRequest()
submitOnChange()
sendOnce()
