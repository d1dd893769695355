import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  {
    path: "/enrol",
    component: () => import("./EnrolShow.vue"),
    meta: { lives: ["unenrolled", "unconfirmed"] },
  },
]
