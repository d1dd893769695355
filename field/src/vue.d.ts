// For tools that do not read components; vue-tsc takes the components themselves.
declare module "*.vue" {
  import type { Component } from "vue"
  const component: Component
  export default component
}
