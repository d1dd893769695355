import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  { path: "/people", component: () => import("./PeopleList.vue"), meta: { lives: ["empty", "locked"] } },
  { path: "/people/new", component: () => import("./PersonNew.vue"), meta: { lives: ["empty", "locked"] } },
  {
    path: "/people/:person/unlock",
    component: () => import("./PersonUnlock.vue"),
    meta: { lives: ["locked"] },
  },
  { path: "/people/:person/code", component: () => import("./PersonReset.vue"), meta: { lives: ["locked"] } },
]
