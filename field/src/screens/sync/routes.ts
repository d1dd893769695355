import type { RouteRecordRaw } from "vue-router"

/** Also behind a lock: what has to leave the phone does, and anybody may see that. */
export const routes: RouteRecordRaw[] = [
  { path: "/sync", name: "sync", component: () => import("./SyncShow.vue"), meta: { lives: ["locked"] } },
]
