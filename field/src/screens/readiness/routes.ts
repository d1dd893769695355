import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  {
    path: "/readiness",
    component: () => import("./ReadinessShow.vue"),
    meta: { lives: ["unenrolled", "unconfirmed", "empty", "locked"] },
  },
]
