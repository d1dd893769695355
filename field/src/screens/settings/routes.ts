import type { RouteRecordRaw } from "vue-router"

const lives = ["unenrolled", "unconfirmed", "empty", "locked"] as const

export const routes: RouteRecordRaw[] = [
  { path: "/settings", component: () => import("./SettingsShow.vue"), meta: { lives } },
  { path: "/settings/pin", component: () => import("./PinChange.vue") },
]
