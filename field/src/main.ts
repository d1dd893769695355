// Puts the app together.
import { createApp } from "vue"
import "./look.css"
import App from "./App.vue"

createApp(App).mount("#app")
