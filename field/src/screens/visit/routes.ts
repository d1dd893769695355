/** A visit's own screens; the room around them opens the visit once for all of them. */

import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  { path: "/visits", name: "visit-open", component: () => import("./VisitOpen.vue") },
  {
    path: "/visits/:visit",
    component: () => import("./VisitRoom.vue"),
    props: true,
    children: [
      { path: "", name: "visit", component: () => import("./StopList.vue") },
      { path: "stops/:stop", name: "visit-stop", component: () => import("./StopShow.vue"), props: true },
      { path: "contents", name: "visit-contents", component: () => import("./ContentsList.vue") },
      { path: "split", name: "visit-split", component: () => import("./SplitEdit.vue") },
      { path: "sign", name: "visit-sign", component: () => import("../sign/SignShow.vue") },
    ],
  },
]
