// Puts a finished build in the place of the last one: whoever is served meanwhile gets the one or the other, never half.
import { existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"

const BUILD = join(import.meta.dirname, "../../build")

/** `made` takes the place of `inUse`. */
export function swap(made: string, inUse: string): void {
  const worn = `${made}-worn`
  rmSync(worn, { recursive: true, force: true })
  if (existsSync(inUse)) renameSync(inUse, worn)
  renameSync(made, inUse)
  rmSync(worn, { recursive: true, force: true })
}

if (import.meta.main)
  for (const name of ["app", "console"]) swap(join(BUILD, ".next", name), join(BUILD, name))
