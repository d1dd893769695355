import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  { path: "/today", component: () => import("./TodayShow.vue") },
  { path: "/today/mines/:mine", component: () => import("./MineShow.vue"), props: true },
]
