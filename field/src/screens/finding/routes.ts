/** Where findings, photos and whereabouts are, inside a visit. */

import type { RouteLocationNormalizedGeneric, RouteRecordRaw } from "vue-router"

type Query = RouteLocationNormalizedGeneric["query"]

const said = (query: Query, name: string): string | null => {
  const value = query[name]
  return typeof value === "string" && value !== "" ? value : null
}

/** Every one takes `visit` from its path; what it is about comes with the query. */
export const routes: RouteRecordRaw[] = [
  {
    path: "/visits/:visit/findings",
    name: "findings",
    component: () => import("./FindingList.vue"),
    props: true,
  },
  {
    path: "/visits/:visit/findings/new",
    name: "finding-new",
    component: () => import("./FindingEdit.vue"),
    props: ({ params, query }) => ({ ...params, item: said(query, "item"), place: said(query, "place") }),
  },
  {
    path: "/visits/:visit/findings/:finding",
    name: "finding",
    component: () => import("./FindingShow.vue"),
    props: true,
  },
  {
    path: "/visits/:visit/findings/:finding/edit",
    name: "finding-edit",
    component: () => import("./FindingEdit.vue"),
    props: true,
  },
  {
    path: "/visits/:visit/findings/:finding/recheck",
    name: "recheck",
    component: () => import("../recheck/RecheckShow.vue"),
    props: true,
  },
  {
    path: "/visits/:visit/camera",
    name: "camera",
    component: () => import("../photo/CameraShow.vue"),
    props: ({ params, query }) => ({
      ...params,
      of: said(query, "of") ?? "visit",
      role: said(query, "role") ?? "",
    }),
  },
  {
    path: "/visits/:visit/photos/:photo",
    name: "photo",
    component: () => import("../photo/PhotoShow.vue"),
    props: true,
  },
  {
    path: "/visits/:visit/where",
    name: "where",
    component: () => import("../where/WhereShow.vue"),
    props: true,
  },
]
