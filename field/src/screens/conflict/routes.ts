import type { RouteRecordRaw } from "vue-router"

export const routes: RouteRecordRaw[] = [
  {
    path: "/visits/:visit/conflicts",
    name: "conflict",
    component: () => import("./ConflictList.vue"),
    props: ({ params, query }) => ({
      ...params,
      about: typeof query.about === "string" ? query.about : null,
    }),
  },
]
