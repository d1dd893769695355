import type { RouteRecordRaw } from "vue-router"
import PeopleList from "./PeopleList.vue"

export const routes: RouteRecordRaw[] = [
  { path: "/people", component: PeopleList, meta: { lives: ["empty", "locked"] } },
  { path: "/people/new", component: () => import("./PersonNew.vue"), meta: { lives: ["empty", "locked"] } },
  {
    path: "/people/:person/unlock",
    component: () => import("./PersonUnlock.vue"),
    meta: { lives: ["locked"] },
  },
  { path: "/people/:person/code", component: () => import("./PersonReset.vue"), meta: { lives: ["locked"] } },
]
