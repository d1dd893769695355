// Puts the app together and shows it. What takes time comes after the first screen, what has to be waited for before it.
import { ahead } from "./storage/ahead"
import { createApp } from "vue"
import App from "./App.vue"
import "./look.css"
import { keepInstallOffer } from "./device/readiness"
import { createPhoneRouter } from "./router"
import { providePhone } from "./state/phone"
import { openBrowserPhone } from "./state/store/browser"
import { APP_VERSION, takeOverFirst, watchForUpdates } from "./state/updating"

const phone = openBrowserPhone(APP_VERSION, ahead)
const app = createApp(App)
keepInstallOffer()
void takeOverFirst()
providePhone(app, phone)
app.use(createPhoneRouter(() => phone.life))
app.mount("#app")
addEventListener("load", () => void watchForUpdates())
